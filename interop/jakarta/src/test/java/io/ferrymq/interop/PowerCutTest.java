package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.testkit.ledger.Verdict;
import io.ferrymq.testkit.reliability.Trial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Cuts the power of a broker's disk again and again, in every phase, on every file system. What the broker acknowledged must be there afterwards, in order.
 * Needs root and loop devices; the profile {@code reliability} runs it.
 */
@Tag("reliability")
@EnabledIfSystemProperty(named = "reliability.cuts", matches = "[1-9][0-9]*")
final class PowerCutTest {
    private static WriteBack writeBack;

    static List<Arguments> cells() {
        List<Arguments> cells = new ArrayList<>();
        for (String fileSystem : RigSettings.list("reliability.fs", "ext4,xfs")) {
            for (String name : RigSettings.list(
                    "reliability.brokers", "nio,chronicle,nio-unsafe-os,chronicle-unsafe-os,classic,artemis")) {
                RigBroker broker = new RigBroker(name);
                for (String label :
                        RigSettings.list("reliability.phases", "steady,roll,compaction,snapshot,recovery")) {
                    CutPhase phase = CutPhase.labelled(label);
                    if (broker.ferry() || phase == CutPhase.STEADY || phase == CutPhase.RECOVERY) {
                        cells.add(Arguments.of(fileSystem, broker, phase));
                    }
                }
            }
        }
        return cells;
    }

    @BeforeAll
    static void keepTheKernelQuiet() {
        Assumptions.assumeTrue(CutDisk.possible("ext4"), "needs root and loop devices");
        writeBack = WriteBack.stop();
    }

    @AfterAll
    static void letTheKernelWrite() {
        if (writeBack != null) {
            writeBack.close();
        }
    }

    @ParameterizedTest
    @MethodSource("cells")
    @Timeout(value = 60, unit = TimeUnit.MINUTES)
    void shouldLoseNothingAcknowledgedWhenThePowerIsCutAgainAndAgain(
            String fileSystem, RigBroker broker, CutPhase phase) throws Exception {
        Assumptions.assumeTrue(CutDisk.possible(fileSystem), "needs mkfs." + fileSystem);
        int cuts = Integer.getInteger(broker.ferry() ? "reliability.cuts" : "reliability.peerCuts", 1);
        long seed = RigSettings.seed();
        Trial.Setting setting = new Trial.Setting("power cut", broker.name(), fileSystem, phase.label());
        try (PowerCutRig rig = new PowerCutRig(broker, phase, fileSystem, work(broker), new Random(seed))) {
            for (int cut = 1; cut <= cuts; cut++) {
                rig.cycle(cut);
                Verdict verdict = rig.verdict();
                System.out.println("power cut: " + setting + ", cut=" + cut + "/" + cuts + ", aimed=" + rig.aimed()
                        + ", acked=" + verdict.totals().acked() + ", lost="
                        + rig.lost().size() + ", seed=" + seed);
                requireNothingLost(broker, rig, seed);
            }
            rig.end();
            Verdict verdict = rig.verdict();
            RigSettings.table().add(new Trial(setting, cuts, Trial.Losses.of(verdict), rig.slowestMs(), seed));
            System.out.println("power cut: " + setting + ", seed=" + seed + ", " + verdict.report());
            if (broker.ferry()) {
                assertThat(verdict.clean())
                        .as("seed " + seed + "\n" + verdict.report())
                        .isTrue();
            }
        }
    }

    private static void requireNothingLost(RigBroker broker, PowerCutRig rig, long seed) {
        Verdict verdict = rig.verdict();
        if (broker.ferry()) {
            assertThat(List.of(rig.lost(), verdict.unexpected(), verdict.orderViolations()))
                    .as("seed " + seed + "\n" + verdict.report())
                    .allMatch(List::isEmpty);
        }
    }

    private static Path work(RigBroker broker) throws IOException {
        Path target = Files.createDirectories(Path.of("target", "power-cut"));
        return Files.createTempDirectory(target, broker.name()).toAbsolutePath();
    }
}
