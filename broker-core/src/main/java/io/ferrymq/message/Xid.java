package io.ferrymq.message;

import java.util.Arrays;
import java.util.HexFormat;

/** The name that a transaction manager gave to a branch of a global transaction. The arrays are never changed. */
public record Xid(int formatId, byte[] globalId, byte[] branchId) {
    @Override
    public boolean equals(Object other) {
        return other instanceof Xid that
                && formatId == that.formatId
                && Arrays.equals(globalId, that.globalId)
                && Arrays.equals(branchId, that.branchId);
    }

    @Override
    public int hashCode() {
        return (31 * formatId + Arrays.hashCode(globalId)) * 31 + Arrays.hashCode(branchId);
    }

    /** As ActiveMQ writes it in logs and consoles, but with two digits for every byte: one text, one name. */
    @Override
    public String toString() {
        HexFormat hex = HexFormat.of();
        return "XID:[" + formatId + ",globalId=" + hex.formatHex(globalId) + ",branchId=" + hex.formatHex(branchId)
                + ']';
    }
}
