package io.ferrymq.testkit.reliability;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The table of all rigs of one run, a Markdown file that grows by a line with every trial. One test at a time. */
public final class TrialTable {
    private static final List<Integer> WIDTHS = List.of(12, 10, 11, 32, 7, 9, 6, 10, 9, 19, 20);

    private final Optional<Path> file;

    /** @param file empty: trials are only printed. */
    public TrialTable(Optional<Path> file) {
        this.file = file;
    }

    /** The table in the file of this name; none if it is blank. */
    public static TrialTable named(String file) {
        return new TrialTable(file.isBlank() ? Optional.empty() : Optional.of(Path.of(file)));
    }

    /** Prints the trial and appends it to the file. */
    public void add(Trial trial) {
        String line = line(trial.cells());
        System.out.println(line);
        file.ifPresent(path -> append(path, line));
    }

    private static void append(Path path, String line) {
        try {
            Files.createDirectories(path.toAbsolutePath().getParent());
            if (Files.notExists(path)) {
                String rule = line(WIDTHS.stream().map("-"::repeat).toList());
                Files.writeString(path, line(Trial.TITLES) + "\n" + rule + "\n", StandardOpenOption.CREATE_NEW);
            }
            Files.writeString(path, line + "\n", StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String line(List<String> cells) {
        StringBuilder line = new StringBuilder("|");
        for (int i = 0; i < cells.size(); i++) {
            String format = i < 4 ? " %-" + WIDTHS.get(i) + "s |" : " %" + WIDTHS.get(i) + "s |";
            line.append(String.format(Locale.ROOT, format, cells.get(i)));
        }
        return line.toString();
    }
}
