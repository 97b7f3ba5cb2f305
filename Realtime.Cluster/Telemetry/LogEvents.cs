namespace Realtime.Cluster.Telemetry;

/// <summary>
/// The number of every log message, in ranges per folder, so that alarms and searches survive a change of wording. A number is never
/// given to another message: one that is no longer written stays here, marked retired.
/// </summary>
public static class LogEvents
{
    // 1000 Kernel
    // 2000 Telemetry

    // 2100 Journal
    public const int StoreWritesFailed = 2101;
    public const int StoreWritesAgain = 2102;
    public const int StoreReceiverFailed = 2103;
    public const int StoreLaneFailed = 2104;
    public const int StoreLaneAgain = 2105;
    public const int StoreAnswerLost = 2106;
    public const int StoreLaneReceiverFailed = 2107;
    public const int StoreCleaningFailed = 2108;

    // 2200 Membership
    // 2300 Links

    // 3000 Sharding
    public const int EntityFailed = 3001;

    // 5000 Sessions
    public const int SessionNotLoaded = 5001;

    // 5100 Channels
    public const int LogNotOpened = 5101;
    public const int StoreReadFailed = 5102;

    // 6000 Auth

    // 6100 Codecs

    // 7000 Connections
    public const int FeedFailed = 7001;
    public const int ConnectionFailed = 7002;
    public const int ConnectionClosed = 7003;
    public const int ConnectionSendFailed = 7004;

    // 8000 Transports
    // 8100 Operations

    // 9000 Hosting
    public const int NodeStarted = 9001;
    public const int VolatileStore = 9002;
    public const int StopRequested = 9003;
    public const int StopRequestedAgain = 9004;
    public const int StopOverdue = 9005;
    public const int StopFailed = 9006;
    public const int NodeStopped = 9007;
    public const int RequestCompleted = 9008;
    public const int RequestFailed = 9009;
    public const int DevelopmentKeyInUse = 9010;
    public const int OrphansNotAdopted = 9050;
    public const int SweepFailed = 9051;
}
