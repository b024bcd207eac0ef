package io.ferrymq.perf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ScenariosTest {
    @Test
    void shouldBeMadeOfWordsThatTheCommandLineKnows() {
        assertThat(Scenarios.all()).allSatisfy(scenario -> assertThat(Workload.from(scenario.arguments()))
                .satisfies(workload -> assertThat(workload.producers()).isPositive()));
    }

    @Test
    void shouldHaveNamesOfTheirOwn() {
        assertThat(Scenarios.all()).extracting(Scenario::name).doesNotHaveDuplicates();
    }

    @Test
    void shouldAskWhetherTheNearestNameWasMeant() {
        assertThatThrownBy(() -> Scenarios.named(List.of("queue-25-2")))
                .hasMessage("unknown scenario: queue-25-2, did you mean queue-25-25?");
        assertThatThrownBy(() -> Peer.named("clasic")).hasMessage("unknown broker: clasic, did you mean classic?");
    }

    @Test
    void shouldLetTheCommandLineHaveTheLastWord() {
        Arguments merged = Arguments.parse(new String[] {"--seconds", "2"}, RunMain.VALUED, Workload.FLAGS)
                .over(Scenarios.named(List.of("idle-10000")).get(0).arguments());

        assertThat(LoadSettings.from(merged).measuredSeconds()).isEqualTo(2);
        assertThat(LoadSettings.from(merged).warmupSeconds()).isZero();
    }
}
