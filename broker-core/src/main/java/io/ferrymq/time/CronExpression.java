package io.ferrymq.time;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.OptionalInt;

/**
 * A cron expression of five fields as ActiveMQ understands it: minute, hour, day of month, month, day of week (0 and 7 are
 * Sunday). A field is {@code *} or {@code ?}, or a list of numbers and ranges; {@code /n} keeps those of its values that n
 * divides. Where both days are restricted, either will do. Immutable.
 */
public final class CronExpression {
    private static final int FIELDS = 5;
    private static final int LAST_DAY_OF_WEEK = 7;
    /** Eight years lie between two 29ths of February at most. Every date there is comes within them. */
    private static final int LONGEST_WAIT_DAYS = 8 * 366 + 1;

    /** Some day to try an expression from: is there any day at all that it matches? */
    private static final LocalDate ANY_DAY = LocalDate.of(2000, 1, 1);

    private final String text;
    private final long minutes;
    private final long hours;
    private final long daysOfMonth;
    private final long months;
    private final long daysOfWeek;
    private final boolean eitherDay;

    private CronExpression(String text, String[] fields) {
        this.text = text;
        this.minutes = field("minute", fields[0], 0, 59);
        this.hours = field("hour", fields[1], 0, 23);
        this.daysOfMonth = field("day of month", fields[2], 1, 31);
        this.months = field("month", fields[3], 1, 12);
        long week = field("day of week", fields[4], 0, LAST_DAY_OF_WEEK);
        this.daysOfWeek = week | (bit(week, LAST_DAY_OF_WEEK) ? 1 : 0);
        this.eitherDay = !isAny(fields[2]) && !isAny(fields[4]);
    }

    /** @throws IllegalArgumentException when it is none, or means no day that ever comes; the message says why */
    public static CronExpression parse(String text) {
        String[] fields = text.trim().split("\\s+");
        if (fields.length != FIELDS) {
            throw new IllegalArgumentException(
                    "Not a valid cron entry - wrong number of tokens(" + fields.length + ")");
        }
        CronExpression parsed = new CronExpression(text, fields);
        parsed.day(ANY_DAY, ANY_DAY.plusDays(LONGEST_WAIT_DAYS));
        return parsed;
    }

    /** The first of its times that is later than {@code afterMs}, both in milliseconds since the epoch. */
    public long next(long afterMs, ZoneId zone) {
        ZonedDateTime after = Instant.ofEpochMilli(afterMs).atZone(zone).truncatedTo(ChronoUnit.MINUTES);
        LocalDate today = after.toLocalDate();
        LocalDate last = today.plusDays(LONGEST_WAIT_DAYS);
        int minuteOfDay = after.toLocalTime().toSecondOfDay() / 60 + 1;
        for (LocalDate day = day(today, last); ; day = day(day.plusDays(1), last)) {
            OptionalInt next = minuteOfDay(day.equals(today) ? minuteOfDay : 0);
            while (next.isPresent()) { // more than once only where a clock goes back
                LocalTime time = LocalTime.ofSecondOfDay(next.getAsInt() * 60L);
                long nextMs = ZonedDateTime.ofLocal(day.atTime(time), zone, after.getOffset())
                        .toInstant()
                        .toEpochMilli();
                if (nextMs > afterMs) {
                    return nextMs;
                }
                next = minuteOfDay(next.getAsInt() + 1);
            }
        }
    }

    /** The first day from {@code from} to {@code to} that matches. */
    private LocalDate day(LocalDate from, LocalDate to) {
        LocalDate day = from;
        while (!day.isAfter(to)) {
            if (!bit(months, day.getMonthValue())) {
                day = day.plusMonths(1).withDayOfMonth(1);
            } else if (matches(day)) {
                return day;
            } else {
                day = day.plusDays(1);
            }
        }
        throw new IllegalArgumentException("Not a valid cron entry - no such day: " + text);
    }

    private boolean matches(LocalDate day) {
        boolean ofMonth = bit(daysOfMonth, day.getDayOfMonth());
        boolean ofWeek = bit(daysOfWeek, day.getDayOfWeek().getValue() % 7);
        return eitherDay ? ofMonth || ofWeek : ofMonth && ofWeek;
    }

    private OptionalInt minuteOfDay(int from) {
        for (int hour = from / 60; hour < 24; hour++) {
            if (bit(hours, hour)) {
                long left = hour == from / 60 ? minutes >>> from % 60 << from % 60 : minutes;
                if (left != 0) {
                    return OptionalInt.of(hour * 60 + Long.numberOfTrailingZeros(left));
                }
            }
        }
        return OptionalInt.empty();
    }

    private static boolean isAny(String field) {
        return field.equals("*") || field.equals("?");
    }

    private static boolean bit(long set, int value) {
        return (set >>> value & 1) != 0;
    }

    /** The values of a field as a set of bits. A step counts for the whole list, as in ActiveMQ, unless its parts have their own. */
    private static long field(String name, String field, int first, int last) {
        int slash = field.indexOf('/');
        long values = 0;
        if (slash < 0 || field.indexOf(',', slash) >= 0) {
            for (String part : field.split(",")) {
                values |= part.indexOf('/') < 0 ? range(name, part, first, last) : field(name, part, first, last);
            }
        } else {
            long all = field(name, field.substring(0, slash), first, last);
            int step = number(name, field.substring(slash + 1), 1, Integer.MAX_VALUE);
            for (int value = first; value <= last; value++) {
                values |= bit(all, value) && value % step == 0 ? 1L << value : 0;
            }
        }
        if (values == 0) {
            throw invalid(name, field);
        }
        return values;
    }

    private static long range(String name, String part, int first, int last) {
        int from = first;
        int to = last;
        if (!isAny(part)) {
            int dash = part.indexOf('-');
            from = number(name, dash < 0 ? part : part.substring(0, dash), first, last);
            to = dash < 0 ? from : number(name, part.substring(dash + 1), first, last);
        }
        long values = 0;
        for (int value = from; value <= to; value++) {
            values |= 1L << value;
        }
        return values;
    }

    private static int number(String name, String digits, int first, int last) {
        try {
            int value = Integer.parseInt(digits);
            if (value >= first && value <= last) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("Not a valid cron entry - invalid " + name + ": " + digits, e);
        }
        throw invalid(name, digits);
    }

    private static IllegalArgumentException invalid(String name, String field) {
        return new IllegalArgumentException("Not a valid cron entry - invalid " + name + ": " + field);
    }

    @Override
    public String toString() {
        return text;
    }
}
