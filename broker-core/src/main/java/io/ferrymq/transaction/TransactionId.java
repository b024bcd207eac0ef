package io.ferrymq.transaction;

import io.ferrymq.message.Xid;

/** Names a transaction. {@link #NONE} stands for "outside any transaction". */
public sealed interface TransactionId {
    TransactionId NONE = new Local("", 0);

    boolean isNone();

    /** The n-th transaction of one connection: nobody else can name it. */
    record Local(String connection, long number) implements TransactionId {
        @Override
        public boolean isNone() {
            return connection.isEmpty();
        }

        @Override
        public String toString() {
            return isNone() ? "none" : "TX:" + connection + ':' + number;
        }
    }

    /** A transaction of a transaction manager (XA): global to the broker, whatever connection names it. */
    record Global(Xid xid) implements TransactionId {
        @Override
        public boolean isNone() {
            return false;
        }

        @Override
        public String toString() {
            return xid.toString();
        }
    }
}
