using Realtime.Messages.Ids;

namespace Realtime.Messages.Positions;

/// <summary>
/// One message of a channel. <see cref="Offset"/> is 0 where the namespace keeps no log. <see cref="At"/> is the owner's wall clock in
/// milliseconds since 1970, for people; nothing decides on it except age limits of history.
/// </summary>
public sealed record LogMessage(long Offset, Payload Payload, long At, SessionId From = default, UserId? User = null)
{
    /// <summary>Short labels for filters; at most 16, in the order given.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Tags { get; init; } = [];

    /// <summary>False: the publishing session itself does not get it back.</summary>
    public bool Echo { get; init; } = true;

    /// <summary>What it counts against limits in bytes.</summary>
    public int Size => Payload.Length + 64;
}
