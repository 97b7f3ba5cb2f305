namespace Realtime.Client.Core;

/// <summary>What a step may know of the world outside: the time since the client was made, and one random number in [0, 1).</summary>
internal readonly record struct Moment(TimeSpan Now, double Roll)
{
    /// <summary>A random moment of a window that opens <paramref name="after"/> from now.</summary>
    public TimeSpan Within(TimeSpan after, TimeSpan window) => Now + after + (window * Roll);
}
