package io.ferrymq.client.vm;

import java.util.Set;

/** The options of a broker that ActiveMQ Classic 5 and 6 know, except those that FerryMQ follows. */
final class ClassicOptions {
    /** How Classic works inside or is managed: a broker without them does the same for its clients. */
    private static final Set<String> HARMLESS = Set.of(
            "advisorySupport",
            "allowTempAutoCreationOnSend",
            "anonymousProducerAdvisorySupport",
            "cacheTempDestinations",
            "dedicatedTaskRunner",
            "enableStatistics",
            "maxPurgedDestinationsPerSweep",
            "mbeanInvocationTimeout",
            "monitorConnectionSplits",
            "networkConnectorStartAsync",
            "persistenceThreadPriority",
            "populateUserNameInMBeans",
            "restartAllowed",
            "schedulePeriodForDiskUsageCheck",
            "splitSystemUsageForProducersConsumers",
            "startAsync",
            "storeOpenWireVersion",
            "systemExitOnShutdown",
            "systemExitOnShutdownExitCode",
            "taskRunnerPriority",
            "timeBeforePurgeTempDestinations",
            "useJmx",
            "useLocalHostBrokerName",
            "useLoggingForShutdownErrors",
            "useShutdownHook",
            "virtualThreadTaskRunner",
            "vmConnectorURI");

    /** What Classic does unless told otherwise, and FerryMQ always: {@code true} asks for nothing. */
    private static final Set<String> ALWAYS = Set.of("keepDurableSubsActive", "useVirtualTopics");

    /** What somebody may miss. Off by default in Classic, so {@code false} asks for nothing. */
    private static final Set<String> MISSED = Set.of(
            "adjustUsageLimits",
            "brokerId",
            "consumerSystemUsagePortion",
            "dataDirectoryFile",
            "deleteAllMessagesOnStartup",
            "diskUsageCheckRegrowThreshold",
            "enableMessageExpirationOnActiveDurableSubs",
            "maxInflatedDataSize",
            "maxSchedulerRepeatAllowed",
            "maxUncommittedCount",
            "networkConnectorURIs",
            "offlineDurableSubscriberTaskSchedule",
            "offlineDurableSubscriberTimeout",
            "passiveSlave",
            "populateJMSXUserID",
            "producerSystemUsagePortion",
            "rejectDurableConsumers",
            "rollbackOnlyOnAsyncException",
            "schedulePeriodForDestinationPurge",
            "schedulerDirectory",
            "schedulerDirectoryFile",
            "schedulerSupport",
            "shutdownOnMasterFailure",
            "shutdownOnSlaveFailure",
            "supportFailOver",
            "tmpDataDirectory",
            "transportConnectorURIs",
            "useAuthenticatedPrincipalForJMSXUserID",
            "useMirroredQueues",
            "useTempMirroredQueues",
            "useVirtualDestSubs",
            "useVirtualDestSubsOnCreation",
            "waitForSlave",
            "waitForSlaveTimeout");

    /** Beans with options of their own. */
    private static final Set<String> NESTED = Set.of(
            "consumerSystemUsage",
            "destinationPolicy",
            "managementContext",
            "persistenceAdapter",
            "persistenceFactory",
            "producerSystemUsage",
            "sslContext",
            "systemUsage",
            "taskRunnerFactory",
            "tempDataStore");

    private ClassicOptions() {}

    static boolean knows(String option) {
        int dot = option.indexOf('.');
        return dot > 0
                ? NESTED.contains(option.substring(0, dot))
                : HARMLESS.contains(option) || ALWAYS.contains(option) || MISSED.contains(option);
    }

    static boolean isHarmless(String option, String value) {
        return HARMLESS.contains(option)
                || option.startsWith("managementContext.")
                || value.equals(ALWAYS.contains(option) ? "true" : "false");
    }
}
