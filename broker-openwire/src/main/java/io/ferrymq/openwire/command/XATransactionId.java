package io.ferrymq.openwire.command;

import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** A branch of a distributed transaction, as the transaction manager named it. */
public final class XATransactionId extends TransactionId {
    public static final byte TYPE = 112;

    public int formatId;
    public byte @Nullable [] globalTransactionId;
    public byte @Nullable [] branchQualifier;

    public XATransactionId() {}

    public XATransactionId(int formatId, byte[] globalTransactionId, byte[] branchQualifier) {
        this.formatId = formatId;
        this.globalTransactionId = globalTransactionId;
        this.branchQualifier = branchQualifier;
    }

    @Override
    public byte typeCode() {
        return TYPE;
    }

    @Override
    public boolean isXa() {
        return true;
    }

    @Override
    public void fields(Marshaller m) {
        formatId = m.int32(formatId);
        globalTransactionId = m.bytes(globalTransactionId);
        branchQualifier = m.bytes(branchQualifier);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof XATransactionId that
                && formatId == that.formatId
                && Arrays.equals(globalTransactionId, that.globalTransactionId)
                && Arrays.equals(branchQualifier, that.branchQualifier);
    }

    @Override
    public int hashCode() {
        return (31 * formatId + Arrays.hashCode(globalTransactionId)) * 31 + Arrays.hashCode(branchQualifier);
    }

    @Override
    public String toString() {
        return "XID:[" + formatId + ",globalId=" + hex(globalTransactionId) + ",branchId=" + hex(branchQualifier) + ']';
    }

    private static String hex(byte @Nullable [] bytes) {
        return bytes == null ? "null" : HexFormat.of().formatHex(bytes);
    }
}
