package io.ferrymq.server.cli;

import jakarta.jms.JMSException;
import jakarta.jms.MapMessage;
import java.util.List;
import java.util.Optional;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.command.ControlCommand;
import org.apache.activemq.command.DataResponse;

/** What a FerryMQ broker tells about its journal when it is asked. */
record StoreStatus(
        String engine,
        String sync,
        int segments,
        long liveRecords,
        long appendedBytes,
        long syncs,
        long damagedReads,
        boolean spaceLow,
        boolean failed) {

    /** Empty when it is another broker, which answers without saying anything. */
    static Optional<StoreStatus> ask(ActiveMQConnection connection, int timeoutMs) throws JMSException {
        ControlCommand status = new ControlCommand();
        status.setCommand("status");
        return connection.syncSendPacket(status, timeoutMs) instanceof DataResponse answer
                        && answer.getData() instanceof MapMessage told
                ? Optional.of(read(told))
                : Optional.empty();
    }

    private static StoreStatus read(MapMessage told) throws JMSException {
        return new StoreStatus(
                told.getString("storeEngine"),
                told.getString("storeSync"),
                told.getInt("storeSegments"),
                told.getLong("storeLiveRecords"),
                told.getLong("storeAppendedBytes"),
                told.getLong("storeSyncs"),
                told.getLong("storeDamagedReads"),
                told.getBoolean("storeSpaceLow"),
                told.getBoolean("storeFailed"));
    }

    List<String> lines() {
        return List.of(
                "store       " + engine + ", sync " + sync,
                "journal     " + segments + (segments == 1 ? " segment, " : " segments, ") + liveRecords
                        + " live records; since the start " + StoreText.bytes(appendedBytes) + " and " + syncs
                        + " syncs" + trouble());
    }

    private String trouble() {
        return (spaceLow ? "; SPACE IS LOW" : "")
                + (damagedReads > 0 ? "; " + damagedReads + " reads of damaged records" : "")
                + (failed ? "; FAILED" : "");
    }
}
