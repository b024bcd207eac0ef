package io.ferrymq.openwire.command;

import org.jspecify.annotations.Nullable;

/** An answer that carries structures, for instance the prepared transactions for RECOVER. */
public final class DataArrayResponse extends Response {
    public static final byte TYPE = 33;

    public @Nullable DataStructure @Nullable [] data;

    @Override
    public byte typeCode() {
        return TYPE;
    }

    @Override
    public void fields(Marshaller m) {
        super.fields(m);
        data = m.array(data, DataStructure.class);
    }
}
