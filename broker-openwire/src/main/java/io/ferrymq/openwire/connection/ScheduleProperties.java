package io.ferrymq.openwire.connection;

import io.ferrymq.flow.Refusal;
import io.ferrymq.message.Schedule;
import io.ferrymq.message.ScheduledMessage;
import io.ferrymq.openwire.codec.BytePattern;
import io.ferrymq.openwire.codec.PrimitiveMap;
import io.ferrymq.openwire.command.Message;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The properties by which a client says when a message is to be sent (OpenWire 10.3). */
final class ScheduleProperties {
    /** Given to a message when it is sent; one that has it was scheduled before, perhaps by another broker. */
    static final String JOB_ID = "scheduledJobId";

    private static final String DELAY = "AMQ_SCHEDULED_DELAY";
    private static final String PERIOD = "AMQ_SCHEDULED_PERIOD";
    private static final String REPEAT = "AMQ_SCHEDULED_REPEAT";
    private static final String CRON = "AMQ_SCHEDULED_CRON";

    private static final BytePattern ANY = new BytePattern("AMQ_SCHEDULED_");

    private ScheduleProperties() {}

    /** What the properties of a message say: a schedule, a mistake, or neither. */
    record Taken(Optional<Schedule> schedule, Optional<Refusal> refusal) {
        private static final Taken NOTHING = new Taken(Optional.empty(), Optional.empty());
    }

    /** On the hot path: whether it is worth decoding the properties. Almost always not. */
    static boolean mayBeIn(byte @Nullable [] properties) {
        return properties != null && ANY.isIn(properties);
    }

    /** Takes the schedule out of the properties: a message that has been sent has none any more. */
    static Taken takeFrom(Message wire) {
        byte[] properties = wire.marshalledProperties == null ? new byte[4] : wire.marshalledProperties;
        Map<String, @Nullable Object> map =
                new LinkedHashMap<>(PrimitiveMap.decode(properties, PrimitiveMap.Limits.defaults()));
        boolean asked = map.get(DELAY) != null || map.get(PERIOD) != null || map.get(CRON) != null;
        if (!asked || map.get(JOB_ID) != null) {
            return Taken.NOTHING;
        }
        try {
            Schedule schedule = new Schedule(
                    number(map, DELAY, Long.MIN_VALUE, Long.MAX_VALUE),
                    number(map, PERIOD, Long.MIN_VALUE, Long.MAX_VALUE),
                    (int) number(map, REPEAT, Integer.MIN_VALUE, Integer.MAX_VALUE),
                    map.get(CRON) == null ? "" : String.valueOf(map.get(CRON)));
            map.keySet().removeAll(Set.of(DELAY, PERIOD, REPEAT, CRON));
            wire.marshalledProperties = map.isEmpty() ? null : PrimitiveMap.encode(map);
            return new Taken(Optional.of(schedule), Optional.empty());
        } catch (NumberFormatException e) {
            Refusal refusal = new Refusal(Refusal.Code.INVALID_MESSAGE, String.valueOf(e.getMessage()));
            return new Taken(Optional.empty(), Optional.of(refusal));
        }
    }

    /** As the stock client converts properties: whole numbers of any size, and text. */
    private static long number(Map<String, @Nullable Object> map, String name, long min, long max) {
        Object value = map.get(name);
        if (value == null) {
            return 0;
        }
        boolean whole = value instanceof Long
                || value instanceof Integer
                || value instanceof Short
                || value instanceof Byte
                || value instanceof String;
        try {
            long number = whole ? Long.parseLong(value.toString().trim()) : min - 1;
            if (whole && number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw wrong(name, value);
        }
        throw wrong(name, value);
    }

    private static NumberFormatException wrong(String name, Object value) {
        return new NumberFormatException("not a number that can be used: property=" + name + ", value=" + value);
    }

    /** What says so on a copy for somebody who browses: what was taken, and the job's id. */
    static Map<String, Object> of(ScheduledMessage scheduled) {
        Schedule schedule = scheduled.message().schedule().orElseThrow();
        Map<String, Object> properties = new HashMap<>(scheduled.message().annotations());
        properties.put(JOB_ID, scheduled.jobId());
        if (schedule.delayMs() != 0 || (schedule.periodMs() == 0 && !schedule.isCron())) {
            properties.put(DELAY, schedule.delayMs());
        }
        if (schedule.periodMs() != 0) {
            properties.put(PERIOD, schedule.periodMs());
        }
        if (schedule.repeat() != 0) {
            properties.put(REPEAT, schedule.repeat());
        }
        if (schedule.isCron()) {
            properties.put(CRON, schedule.cron());
        }
        return properties;
    }
}
