namespace Realtime.Node.Telemetry;

/// <summary>
/// The number of every log message, in ranges per folder, so that alarms and searches survive a change of wording. A number is never
/// given to another message: one that is no longer written stays here, marked retired.
/// </summary>
public static class LogEvents
{
    // 2000 Telemetry
    public const int ExportBegun = 2001;
    public const int ExportFails = 2002;

    // 2100 Persistence
    public const int StoreWritesFailed = 2101; // retired
    public const int StoreWritesAgain = 2102; // retired
    public const int StoreReceiverFailed = 2103; // retired
    public const int StoreLaneFailed = 2104; // retired
    public const int StoreLaneAgain = 2105; // retired
    public const int StoreAnswerLost = 2106; // retired
    public const int StoreLaneReceiverFailed = 2107; // retired
    public const int StoreCleaningFailed = 2108; // retired
    public const int StoreNotConnected = 2109; // retired
    public const int StoreClaimBroken = 2110; // retired
    public const int StoreClaimAgain = 2111; // retired
    public const int StoreClaimNotTaken = 2112; // retired
    public const int StoreClaimLost = 2113;
    public const int StoreClaimNotReleased = 2114; // retired
    public const int StoreClaimNotProved = 2115; // retired
    public const int MembersReached = 2116;
    public const int MembersNotReached = 2117;
    public const int MemberRowNotRenewed = 2118;
    public const int MemberRowNotEnded = 2119;
    public const int StoreFails = 2120;
    public const int StoreServesAgain = 2121;
    public const int EventUnreadable = 2122;
    public const int SnapshotUnreadable = 2123;
    public const int MessagesUnreadable = 2124;
    public const int LogFenced = 2125;
    public const int EventRejected = 2126;
    public const int EventNotWritten = 2127;
    public const int LogNotRecovered = 2128;
    public const int LogNotRead = 2129;
    public const int SnapshotNotSaved = 2130;
    public const int RowsNotDeleted = 2131;
    public const int SweepFails = 2132;
    public const int SweepUnanswered = 2133;
    public const int EndedLogsNotDeleted = 2134;

    // 2200: membership of the engine before Akka.NET
    public const int ClusterJoined = 2201; // retired
    public const int ClusterLeft = 2202; // retired
    public const int DeclaredDead = 2203; // retired
    public const int PeerEvicted = 2204; // retired
    public const int StandingLost = 2205; // retired
    public const int StandingRegained = 2206; // retired
    public const int HeartbeatsFail = 2207; // retired
    public const int HeartbeatsAgain = 2208; // retired
    public const int ShardsAcquired = 2209; // retired
    public const int StoreRegressed = 2210; // retired
    public const int NameWatched = 2211; // retired
    public const int NotJoinedAgain = 2212; // retired
    public const int ClusterLost = 2213; // retired
    public const int MembershipTurnFailed = 2214; // retired
    public const int MembershipListenerFailed = 2215; // retired
    public const int EvictedOnDemand = 2216; // retired

    // 2300: links of the engine before Akka.NET
    public const int LinksListening = 2301; // retired
    public const int LinkUp = 2302; // retired
    public const int LinkLost = 2303; // retired
    public const int LinkNotReached = 2304; // retired
    public const int LinkRefusedThere = 2305; // retired
    public const int LinkRefusedHere = 2306; // retired
    public const int LinkFrameBroken = 2307; // retired
    public const int LinkFrameTooLarge = 2308; // retired
    public const int LinkFailed = 2309; // retired
    public const int LinkAcceptFailed = 2310; // retired

    // 2400 Listener
    public const int WrongOperatorKey = 2401;

    // 3000: sharding of the engine before Akka.NET
    public const int EntityFailed = 3001; // retired
    public const int ShardsHandedOff = 3002; // retired
    public const int HandOffNotConfirmed = 3003; // retired
    public const int HandOffFailed = 3004; // retired
    public const int InquiryFailed = 3005; // retired

    // 3100 Cluster
    public const int ActorFailed = 3101;
    public const int ClusterJoining = 3102;
    public const int ClusterFounding = 3103;
    public const int MembersJudged = 3104;
    public const int MembersNotJudged = 3105;
    public const int MemberDowning = 3106;
    public const int PlanAccepted = 3120;
    public const int PlanNotConfirmed = 3121;
    public const int MoveOver = 3122;
    public const int GivingShardsAway = 3123;
    public const int ShardsGivenAway = 3124;
    public const int ShardsStay = 3125;

    // 5000 Sessions
    public const int SessionNotLoaded = 5001; // retired
    public const int SessionNotImported = 5002; // retired
    public const int OrphanPageFailed = 5003; // retired
    public const int OrphansUnanswered = 5004; // retired

    // 5100 Channels
    public const int LogNotOpened = 5101; // retired
    public const int StoreReadFailed = 5102; // retired
    public const int ChannelImportUnreadable = 5103; // retired
    public const int ListenersDisagree = 5104; // retired
    public const int RetentionWaits = 5105; // retired
    public const int MemoryLogsLost = 5106;
    public const int MemoryLogsLeft = 5107;

    // 5200 Feeds
    public const int ChannelFeedFailed = 5201;

    // 5300 Outboxes
    public const int DeliveryInterrupted = 5301;
    public const int EventDied = 5302;
    public const int EventNotBuried = 5303;
    public const int ReportsMissed = 5304;
    public const int ReportsNotAsked = 5305;

    // 6000 Auth

    // 6100 Codecs

    // 6200 Revocations
    public const int RevocationsNotRead = 6201;
    public const int RevocationsReadAgain = 6202;
    public const int Revoked = 6203;

    // 6300 Schedules
    public const int SchedulesNotRead = 6301;
    public const int SchedulesKept = 6302;
    public const int SchedulerFailed = 6303;

    // 7000 Connections
    public const int FeedFailed = 7001; // retired
    public const int ConnectionFailed = 7002;
    public const int ConnectionClosed = 7003;
    public const int ConnectionSendFailed = 7004;
    public const int TurnedAway = 7010;
    public const int MovesBegun = 7011; // retired: ConnectionsMove
    public const int MovesOver = 7012; // retired: ConnectionsMoved
    public const int MovesFailed = 7013; // retired: ConnectionsNotListed

    // 7100 Gateway
    public const int ConnectionsMove = 7101;
    public const int ConnectionsMoved = 7102;
    public const int ConnectionsNotListed = 7103;
    public const int DrainBegun = 7104;
    public const int DrainOver = 7105;
    public const int DrainTakenBack = 7106;

    // 7200 Application
    public const int HandlerFailed = 7201;
    public const int HandlerTooSlow = 7202;
    public const int CallNotStored = 7203;

    // 7300 Webhooks
    public const int WebhookFails = 7301;
    public const int WebhookFailsAllowed = 7302;
    public const int WebhookAnswersAgain = 7303;

    // 8000 Transports
    public const int UntrustedProxy = 8001;

    // 8100 Operations
    public const int OperatorActed = 8101;
    public const int OperatorRefused = 8102;
    public const int OperatorKeyWrong = 8103; // retired: WrongOperatorKey
    public const int OperatorQuestionFailed = 8104;
    public const int LogLevelChanged = 8105;

    // 8200 Api
    public const int ApiRequestFailed = 8201;

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
    public const int ClusterOfOneProcess = 9011; // retired
    public const int DrainPhase = 9012;
    public const int DrainPhaseOver = 9013;
    public const int DrainPhaseOverdue = 9014;
    public const int StopInCluster = 9015;
    public const int OrphansNotAdopted = 9050; // retired
    public const int SweepFailed = 9051; // retired
    public const int FaultPointsOn = 9016; // retired
    public const int AnonymousWriters = 9017;
    public const int NodesInTheOpen = 9018;
    public const int KeysFetched = 9020;
    public const int KeysNotFetched = 9021;

    // 9500 lighthouse
    public const int LighthouseStarted = 9501; // retired
    public const int ClusterSeen = 9502; // retired
    public const int ClusterNotSeen = 9503; // retired
}
