package io.ferrymq.testkit.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TrialTableTest {
    @TempDir
    private Path directory;

    @Test
    void shouldHaveOneHeadAndALineForEachTrial() throws IOException {
        Path file = directory.resolve("target").resolve("reliability.md");
        TrialTable.named(file.toString()).add(trial("ext4"));
        TrialTable.named(file.toString()).add(trial("xfs"));

        List<String> lines = Files.readAllLines(file);

        assertThat(lines).hasSize(4);
        assertThat(lines.get(0)).startsWith("| rig ").endsWith("seed |");
        assertThat(lines.get(1)).matches("[|\\- ]+");
        assertThat(lines.get(2)).contains(" power cut ", " nio ", " ext4 ", " steady ", " 1000 ", " 77 |");
        assertThat(lines.get(3)).contains(" xfs ");
        assertThat(lines).extracting(String::length).containsOnly(lines.get(0).length());
    }

    private static Trial trial(String fileSystem) {
        return new Trial(
                new Trial.Setting("power cut", "nio", fileSystem, "steady"),
                10,
                new Trial.Losses(1000, 0, 3, 0),
                812,
                77);
    }
}
