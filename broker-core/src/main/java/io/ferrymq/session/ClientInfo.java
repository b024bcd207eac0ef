package io.ferrymq.session;

/**
 * Who connects. {@code connectionId} is unique per connection object of a client and stays the same over failover; {@code
 * clientId} is JMS's client identifier; {@code remoteAddress} is for people; {@code resumed}: the client comes back after a
 * failover and may send messages again that it already sent (OpenWire ConnectionInfo.failoverReconnect).
 */
public record ClientInfo(String connectionId, String clientId, String remoteAddress, boolean resumed) {}
