package io.ferrymq.journal;

import io.ferrymq.journal.Record.MessagesRemoved;
import io.ferrymq.journal.Record.TransactionPrepared;
import io.ferrymq.journal.Record.TransactionResolved;
import io.ferrymq.message.Message;
import io.ferrymq.message.Xid;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The records of global transactions as bytes. No state, any thread. */
final class TransactionCodec {
    private TransactionCodec() {}

    static int maxLength(TransactionPrepared prepared) {
        long length = maxLength(prepared.xid()) + 4L * Packer.MAX_NUMBER;
        for (MessagesRemoved acknowledged : prepared.acknowledged()) {
            length += MessageCodec.maxDestination(acknowledged.destination());
            length += RecordCodec.maxArray(acknowledged.sequences().length);
        }
        for (Message message : prepared.sends()) {
            length += MessageCodec.maxLength(message);
        }
        return Math.toIntExact(length);
    }

    static int maxLength(Xid xid) {
        return Packer.MAX_NUMBER + Packer.maxBytes(xid.globalId()) + Packer.maxBytes(xid.branchId());
    }

    static void encode(TransactionPrepared prepared, ByteBuffer to) {
        xid(to, prepared.xid());
        Packer.number(to, prepared.preparedMs());
        Packer.number(to, prepared.part());
        Packer.number(to, prepared.acknowledged().size());
        for (MessagesRemoved acknowledged : prepared.acknowledged()) {
            MessageCodec.destination(to, acknowledged.destination());
            RecordCodec.sequences(to, acknowledged.sequences());
        }
        Packer.number(to, prepared.sends().size());
        for (Message message : prepared.sends()) {
            MessageCodec.encode(message, to);
        }
    }

    static TransactionPrepared prepared(Unpacker from) {
        Xid xid = xid(from);
        long preparedMs = from.number();
        int part = from.int32();
        int queues = from.count();
        List<MessagesRemoved> acknowledged = new ArrayList<>();
        for (int i = 0; i < queues; i++) {
            acknowledged.add(new MessagesRemoved(MessageCodec.destination(from), RecordCodec.sequences(from)));
        }
        int messages = from.count();
        List<Message> sends = new ArrayList<>();
        for (int i = 0; i < messages; i++) {
            sends.add(MessageCodec.decode(from));
        }
        return new TransactionPrepared(xid, preparedMs, part, acknowledged, sends);
    }

    static void encode(TransactionResolved resolved, ByteBuffer to) {
        xid(to, resolved.xid());
        Packer.number(to, resolved.committed() ? 1 : 0);
    }

    static TransactionResolved resolved(Unpacker from) {
        return new TransactionResolved(xid(from), from.number() == 1);
    }

    private static void xid(ByteBuffer to, Xid xid) {
        Packer.number(to, xid.formatId());
        Packer.bytes(to, xid.globalId());
        Packer.bytes(to, xid.branchId());
    }

    private static Xid xid(Unpacker from) {
        return new Xid(from.int32(), from.bytes(), from.bytes());
    }
}
