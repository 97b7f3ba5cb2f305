namespace Realtime.Node.Telemetry;

/// <summary>
/// The number of every log message, in ranges per folder, so that alarms and searches survive a change of wording. A number is never
/// given to another message: one that is no longer written stays here, marked retired.
/// </summary>
public static class LogEvents
{
    // 1000 Kernel
    // 2000 Telemetry
    public const int ExportBegun = 2001;
    public const int ExportFails = 2002;

    // 2100 Journal
    public const int StoreWritesFailed = 2101;
    public const int StoreWritesAgain = 2102;
    public const int StoreReceiverFailed = 2103;
    public const int StoreLaneFailed = 2104;
    public const int StoreLaneAgain = 2105;
    public const int StoreAnswerLost = 2106;
    public const int StoreLaneReceiverFailed = 2107;
    public const int StoreCleaningFailed = 2108;
    public const int StoreNotConnected = 2109;
    public const int StoreClaimBroken = 2110;
    public const int StoreClaimAgain = 2111;
    public const int StoreClaimNotTaken = 2112;
    public const int StoreClaimLost = 2113;
    public const int StoreClaimNotReleased = 2114;
    public const int StoreClaimNotProved = 2115;

    // 2200 Membership
    public const int ClusterJoined = 2201;
    public const int ClusterLeft = 2202;
    public const int DeclaredDead = 2203;
    public const int PeerEvicted = 2204;
    public const int StandingLost = 2205;
    public const int StandingRegained = 2206;
    public const int HeartbeatsFail = 2207;
    public const int HeartbeatsAgain = 2208;
    public const int ShardsAcquired = 2209;
    public const int StoreRegressed = 2210;
    public const int NameWatched = 2211;
    public const int NotJoinedAgain = 2212;
    public const int ClusterLost = 2213;
    public const int MembershipTurnFailed = 2214;
    public const int MembershipListenerFailed = 2215;
    public const int EvictedOnDemand = 2216;

    // 2300 Links
    public const int LinksListening = 2301;
    public const int LinkUp = 2302;
    public const int LinkLost = 2303;
    public const int LinkNotReached = 2304;
    public const int LinkRefusedThere = 2305;
    public const int LinkRefusedHere = 2306;
    public const int LinkFrameBroken = 2307;
    public const int LinkFrameTooLarge = 2308;
    public const int LinkFailed = 2309;
    public const int LinkAcceptFailed = 2310;

    // 2400 Operators
    public const int WrongOperatorKey = 2401;

    // 3000 Sharding
    public const int EntityFailed = 3001;
    public const int ShardsHandedOff = 3002;
    public const int HandOffNotConfirmed = 3003;
    public const int HandOffFailed = 3004;
    public const int InquiryFailed = 3005;

    // 5000 Sessions
    public const int SessionNotLoaded = 5001;
    public const int SessionNotImported = 5002;
    public const int OrphanPageFailed = 5003;
    public const int OrphansUnanswered = 5004;

    // 5100 Channels
    public const int LogNotOpened = 5101;
    public const int StoreReadFailed = 5102;
    public const int ChannelImportUnreadable = 5103;
    public const int ListenersDisagree = 5104;
    public const int RetentionWaits = 5105;

    // 6000 Auth

    // 6100 Codecs

    // 7000 Connections
    public const int FeedFailed = 7001;
    public const int ConnectionFailed = 7002;
    public const int ConnectionClosed = 7003;
    public const int ConnectionSendFailed = 7004;
    public const int TurnedAway = 7010;
    public const int MovesBegun = 7011;
    public const int MovesOver = 7012;
    public const int MovesFailed = 7013;

    // 8000 Transports

    // 8100 Operations
    public const int OperatorActed = 8101;
    public const int OperatorRefused = 8102;
    public const int OperatorKeyWrong = 8103; // retired: WrongOperatorKey
    public const int OperatorQuestionFailed = 8104;
    public const int LogLevelChanged = 8105;

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
    public const int ClusterOfOneProcess = 9011;
    public const int DrainPhase = 9012;
    public const int DrainPhaseOver = 9013;
    public const int DrainPhaseOverdue = 9014;
    public const int StopInCluster = 9015;
    public const int OrphansNotAdopted = 9050; // retired
    public const int SweepFailed = 9051;
    public const int FaultPointsOn = 9016;
    public const int AnonymousWriters = 9017;

    // 9500 lighthouse
    public const int LighthouseStarted = 9501; // retired
    public const int ClusterSeen = 9502; // retired
    public const int ClusterNotSeen = 9503; // retired
}
