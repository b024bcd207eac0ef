package io.ferrymq.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CronExpressionTest {
    private static final ZoneId NO_SUMMER_TIME = ZoneId.of("Asia/Kolkata");
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    private static String next(String cron, String after, ZoneId zone) {
        long afterMs = LocalDateTime.parse(after).atZone(zone).toInstant().toEpochMilli();
        return Instant.ofEpochMilli(CronExpression.parse(cron).next(afterMs, zone))
                .atZone(zone)
                .toLocalDateTime()
                .toString();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "* * * * *          | 2024-05-17T10:20:30 | 2024-05-17T10:21",
                "* * * * *          | 2024-05-17T10:20    | 2024-05-17T10:21",
                "? ? ? ? ?          | 2024-12-31T23:59:59 | 2025-01-01T00:00",
                "0 * * * *          | 2024-05-17T10:00:01 | 2024-05-17T11:00",
                "*/15 * * * *       | 2024-05-17T10:16    | 2024-05-17T10:30",
                "5,10,15 8-10 * * * | 2024-05-17T10:15    | 2024-05-18T08:05",
                "30 2 * * *         | 2024-05-17T02:30    | 2024-05-18T02:30",
                "0 12 * * 1-5       | 2024-05-17T12:00    | 2024-05-20T12:00",
                "0 0 * * 0          | 2024-05-17T00:00    | 2024-05-19T00:00",
                "0 0 * * 7          | 2024-05-17T00:00    | 2024-05-19T00:00",
                "0 0 31 * *         | 2024-05-31T00:00    | 2024-07-31T00:00",
                "59 23 31 12 *      | 2024-12-31T23:58:59 | 2024-12-31T23:59",
                "0 0 29 2 *         | 2024-02-29T00:00    | 2028-02-29T00:00",
                "0 0 29 2 *         | 2096-03-01T00:00    | 2104-02-29T00:00",
                "0 0 1 */3 *        | 2024-05-17T00:00    | 2024-06-01T00:00",
                // a step keeps what it divides, and counts for all of a list, as in ActiveMQ
                "1-10/3 * * * *     | 2024-05-17T10:00    | 2024-05-17T10:03",
                "5,7,9/3 * * * *    | 2024-05-17T10:00    | 2024-05-17T10:09",
                "*/30,7 * * * *     | 2024-05-17T10:00    | 2024-05-17T10:07",
                // both days restricted: either will do
                "0 0 13 * 5         | 2024-05-11T00:00    | 2024-05-13T00:00",
                "0 0 13 * 5         | 2024-05-13T00:00    | 2024-05-17T00:00",
            })
    void shouldFindTheNextTime(String cron, String after, String expected) {
        assertThat(next(cron.strip(), after.strip(), ZoneOffset.UTC)).isEqualTo(expected.strip());
        assertThat(next(cron.strip(), after.strip(), NO_SUMMER_TIME)).isEqualTo(expected.strip());
    }

    @Test
    void shouldCarryOnWhereAClockIsPutForward() {
        assertThat(next("30 2 * * *", "2024-03-31T01:00", BERLIN)).isEqualTo("2024-03-31T03:30");
        assertThat(next("30 2 * * *", "2024-03-31T03:30", BERLIN)).isEqualTo("2024-04-01T02:30");
        assertThat(next("*/30 * * * *", "2024-03-31T01:30", BERLIN)).isEqualTo("2024-03-31T03:00");
    }

    @Test
    void shouldAlwaysGoForwardWhereAClockIsPutBack() {
        CronExpression every = CronExpression.parse("*/10 * * * *");
        long atMs = Instant.parse("2024-10-26T22:00:00Z").toEpochMilli();
        for (int i = 0; i < 100; i++) {
            long nextMs = every.next(atMs, BERLIN);
            assertThat(nextMs).isGreaterThan(atMs).isLessThanOrEqualTo(atMs + 70 * 60_000);
            atMs = nextMs;
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "* * * *",
                "* * * * * *",
                "60 * * * *",
                "* 24 * * *",
                "* * 0 * *",
                "* * 32 * *",
                "* * * 13 *",
                "* * * * 8",
                "* * * JAN *",
                "5-1 * * * *",
                "1- * * * *",
                "-1 * * * *",
                "*/0 * * * *",
                "*/x * * * *",
                "7/5 * * * *",
                "1,,2 * * * *",
                ", * * * *",
                "99999999999 * * * *",
                "0 0 30 2 *",
                "0 0 31 4,6,9,11 ?"
            })
    void shouldRefuseWhatMeansNoTime(String cron) {
        assertThatThrownBy(() -> CronExpression.parse(cron))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("Not a valid cron entry");
    }
}
