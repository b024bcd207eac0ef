package io.ferrymq.openwire.command;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The first frame of each side: who speaks which version with which options. It is not a normal command (no commandId) and is
 * always written loose, without cache and with a size prefix, whatever was negotiated.
 */
public final class WireFormatInfo extends DataStructure {
    public static final byte TYPE = 1;

    private static final byte[] MAGIC = {'A', 'c', 't', 'i', 'v', 'e', 'M', 'Q'};

    public byte[] magic = MAGIC.clone();
    public int version;
    /** A primitive map. */
    public byte @Nullable [] marshalledProperties;

    /** Whether the peer speaks OpenWire at all. */
    public boolean hasMagic() {
        return Arrays.equals(magic, MAGIC);
    }

    @Override
    public byte typeCode() {
        return TYPE;
    }

    @Override
    public boolean marshallAware() {
        return true;
    }

    @Override
    public void fields(Marshaller m) {
        magic = m.fixedBytes(magic);
        version = m.int32(version);
        marshalledProperties = m.bytes(marshalledProperties);
    }
}
