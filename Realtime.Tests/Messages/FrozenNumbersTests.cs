using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Positions;

namespace Realtime.Tests.Messages;

/// <summary>
/// Every number that reaches a disk, a peer or a client. These lists may only grow. A red test here means that an old store or an old
/// client would read something else than was meant: give the new thing a new number, and keep retired ones listed and reserved.
/// </summary>
public sealed class FrozenNumbersTests
{
    [Fact]
    public void Error_codes() => Frozen<ErrorCode>(
        "BadRequest=100", "UnknownType=101", "NotFound=102", "Unauthorized=103", "TokenExpired=104", "Forbidden=105", "NotSubscribed=106",
        "TooLarge=107", "TooMany=108", "RateLimited=109", "SeqExpired=110", "Unavailable=111", "StorageFull=112", "Timeout=113", "Internal=114", "Conflict=115");

    [Fact]
    public void Close_codes() => Frozen<CloseCode>(
        "Normal=1000", "ProtocolError=1002", "InvalidText=1007", "MessageTooBig=1009", "Overloaded=1013", "Restart=4000", "Silent=4001",
        "TooSlow=4002", "SessionUnavailable=4003", "InternalFault=4004", "HelloTimeout=4005", "TokenExpired=4006",
        "Disconnected=4007", "Drain=4100",
        "Superseded=4200", "Ended=4201", "HelloExpected=4202", "Unauthorized=4203", "Flood=4204", "Kicked=4205");

    [Fact]
    public void Reasons_of_gaps() => Frozen<GapReason>("Trimmed=1", "Epoch=2", "Ahead=3", "Lagged=4", "Corrupt=5");

    [Fact]
    public void Outcomes_of_requests() => Frozen<Outcome>("None=1", "Unknown=2");

    [Fact]
    public void Phases_of_sessions() => Frozen<SessionPhase>("Attached=1", "Detached=2", "Parked=3");

    [Fact]
    public void Changes_of_sessions() => Frozen<SessionChange>(
        "Opened=1", "Attached=2", "Detached=3", "Superseded=4", "Moved=5", "Adopted=6", "Loaded=7", "Parked=8", "Disconnected=9");

    [Fact]
    public void Changes_of_presence() => Frozen<PresenceChange>("Joined=1", "Left=2", "Changed=3");

    [Fact]
    public void Actions_after_a_close() => Frozen<CloseAction>("Reconnect=1", "Resume=2", "Final=3");

    private static void Frozen<T>(params string[] members)
        where T : struct, Enum =>
        Enum.GetValues<T>().Select(member => $"{member}={Convert.ToInt32(member, null)}").ShouldBe(members);
}
