package io.ferrymq.admin;

import io.ferrymq.message.DestinationName;

/** A moment's picture of one destination: messages waiting or in flight (0 for topics), and consumers. */
public record DestinationView(DestinationName name, long messages, int consumers) {}
