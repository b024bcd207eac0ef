package io.ferrymq.message;

/**
 * When a message is to be sent, other than at once. It becomes due {@code delayMs} from now, or {@code periodMs} where there is
 * no delay, and then {@code repeat} times more, {@code periodMs} apart. With a cron expression all of that happens at each of
 * its times.
 *
 * @param repeat negative is for ever
 * @param cron five fields, or empty
 */
public record Schedule(long delayMs, long periodMs, int repeat, String cron) {
    public boolean isCron() {
        return !cron.isBlank();
    }

    /** Whether the message is sent more than once, which one message id must not be. */
    public boolean isRepeated() {
        return repeat != 0 || isCron();
    }
}
