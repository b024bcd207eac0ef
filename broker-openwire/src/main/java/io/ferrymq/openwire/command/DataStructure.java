package io.ferrymq.openwire.command;

/**
 * Anything with a type code. A structure describes itself once, in {@link #fields}, and that one description serves reading
 * and writing, loose and tight, for all versions: what is written cannot drift from what is read.
 */
public abstract class DataStructure {
    /** The byte that announces this structure on the wire. */
    public abstract byte typeCode();

    /** Hands every field to {@code m} in wire order, inherited ones first, and takes back what it returns. */
    public abstract void fields(Marshaller m);

    /**
     * Whether the tight encoding puts one more bit, always 0, before this structure when it is nested. Stock once kept
     * marshalled forms there; only messages and WireFormatInfo have it.
     */
    public boolean marshallAware() {
        return false;
    }

    @Override
    public String toString() {
        return getClass().getSimpleName();
    }
}
