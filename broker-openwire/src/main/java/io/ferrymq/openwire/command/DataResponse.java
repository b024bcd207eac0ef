package io.ferrymq.openwire.command;

import org.jspecify.annotations.Nullable;

/** An answer that carries one structure. */
public final class DataResponse extends Response {
    public static final byte TYPE = 32;

    public @Nullable DataStructure data;

    @Override
    public byte typeCode() {
        return TYPE;
    }

    @Override
    public void fields(Marshaller m) {
        super.fields(m);
        data = m.nested(data, DataStructure.class);
    }
}
