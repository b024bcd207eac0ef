package io.ferrymq.openwire.connection;

import io.ferrymq.journal.Journal;
import io.ferrymq.openwire.codec.PrimitiveMap;
import io.ferrymq.openwire.command.ActiveMQMapMessage;
import io.ferrymq.openwire.command.ControlCommand;
import io.ferrymq.openwire.command.DataResponse;
import io.ferrymq.session.Sessions;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Tells an operator's client how the broker is. It asks by a ControlCommand, which other brokers answer with a bare Response, so that
 * asking them leaves nothing behind. Owned by the connection's event loop.
 */
final class StatusCommand {
    private static final String STATUS = "status";

    private final Link link;
    private final Sessions sessions;

    StatusCommand(Link link, Sessions sessions) {
        this.link = link;
        this.sessions = sessions;
    }

    /** Never acts on the broker: a client once stopped one that way (CVE-2014-3576). */
    void onControl(ControlCommand control) {
        if (control.responseRequired && STATUS.equals(control.command)) {
            DataResponse answer = new DataResponse();
            answer.correlationId = control.commandId;
            answer.data = message(sessions.journal());
            link.send(answer);
        } else {
            link.respond(control.commandId, control.responseRequired);
        }
    }

    private static ActiveMQMapMessage message(Journal.Status journal) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("storeEngine", journal.engine());
        values.put("storeSync", journal.sync());
        values.put("storeSegments", journal.segments());
        values.put("storeLiveRecords", journal.liveRecords());
        values.put("storeAppendedBytes", journal.appendedBytes());
        values.put("storeSyncs", journal.syncs());
        values.put("storeDurablePosition", journal.durablePosition());
        values.put("storeDamagedReads", journal.damagedReads());
        values.put("storeSpaceLow", journal.spaceLow());
        values.put("storeFailed", journal.failed());
        ActiveMQMapMessage message = new ActiveMQMapMessage();
        message.content = PrimitiveMap.encode(values);
        return message;
    }
}
