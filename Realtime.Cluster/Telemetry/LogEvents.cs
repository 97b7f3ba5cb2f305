namespace Realtime.Cluster.Telemetry;

/// <summary>
/// The number of every log message, in ranges of a hundred per folder, so that alarms and searches survive a change of wording. A
/// number is never given to another message: one that is no longer written stays here, marked retired.
/// </summary>
public static class LogEvents
{
    // 1000 Kernel
    // 1100 Telemetry
    // 1200 Journal
    // 1300 Membership
    // 1400 Links
    // 1500 Sharding
    // 2000 Sessions
    // 2100 Channels

    // 2200 Auth
    public const int DevelopmentKeyInUse = 2200;

    // 2300 Codecs
    // 2400 Connections
    // 2500 Transports
    // 2600 Operations

    // 2700 Hosting
    public const int NodeStarted = 2700;
    public const int VolatileStore = 2701;
    public const int StopRequested = 2702;
    public const int StopOverdue = 2703;
    public const int StopFailed = 2704;
    public const int NodeStopped = 2705;
    public const int RequestCompleted = 2706;
    public const int RequestFailed = 2707;
    public const int StopRequestedAgain = 2708;
}
