namespace Realtime.Node.Events;

/// <summary>What events are called outside of the program.</summary>
internal static class EventNames
{
    public static string Of(EventKind kind) => kind switch
    {
        EventKind.SessionOpened => "session_opened",
        EventKind.SessionClosed => "session_closed",
        EventKind.ChannelOccupied => "channel_occupied",
        EventKind.ChannelVacated => "channel_vacated",
        EventKind.MemberJoined => "member_joined",
        EventKind.MemberChanged => "member_changed",
        EventKind.MemberLeft => "member_left",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "is not known"),
    };
}
