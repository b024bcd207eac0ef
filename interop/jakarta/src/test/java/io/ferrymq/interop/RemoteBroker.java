package io.ferrymq.interop;

/** A broker that somebody else started and will stop. */
record RemoteBroker(String uri) implements BrokerUnderTest {
    @Override
    public void start() {}

    @Override
    public void stop() {}
}
