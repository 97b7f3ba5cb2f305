namespace Realtime.Client.Core;

/// <summary>
/// Numbers the hellos, so that the server can tell which is the newer when one that was given up is handled late. By the clock, because a client that is started
/// again may have been exported before its last hellos; and never backwards, because clocks are set back.
/// </summary>
internal sealed class AttemptCount(long last, DateTimeOffset born)
{
    /// <summary>The number of the last hello.</summary>
    public long Last { get; private set; } = last;

    /// <param name="now">Since the client was made.</param>
    public long Next(TimeSpan now) => Last = Math.Max(Last + 1, (born + now).ToUnixTimeMilliseconds());
}
