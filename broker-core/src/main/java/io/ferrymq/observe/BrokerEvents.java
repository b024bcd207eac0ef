package io.ferrymq.observe;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Passes events on to all who listen. Any thread. */
public final class BrokerEvents implements BrokerListener {
    private final List<BrokerListener> listeners = new CopyOnWriteArrayList<>();

    public void listen(BrokerListener listener) {
        listeners.add(listener);
    }

    public void ignore(BrokerListener listener) {
        listeners.remove(listener);
    }

    @Override
    public void on(BrokerEvent event) {
        for (BrokerListener listener : listeners) {
            listener.on(event);
        }
    }
}
