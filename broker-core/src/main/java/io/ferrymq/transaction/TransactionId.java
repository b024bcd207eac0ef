package io.ferrymq.transaction;

/** A local transaction: the n-th of one connection. {@link #NONE} stands for "outside any transaction". */
public record TransactionId(String connection, long number) {
    public static final TransactionId NONE = new TransactionId("", 0);

    public boolean isNone() {
        return connection.isEmpty();
    }

    @Override
    public String toString() {
        return isNone() ? "none" : "TX:" + connection + ':' + number;
    }
}
