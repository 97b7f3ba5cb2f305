using Realtime.Tests.Cluster.Checking;

namespace Realtime.Tests.Cluster.Load;

/// <summary>How much goes on.</summary>
internal sealed record LoadOptions
{
    public int JournalChannels { get; init; } = 12;

    public int MemoryChannels { get; init; } = 4;

    /// <summary>Each with up to eight publishes under way; every fourth sends each message once and no more.</summary>
    public int Publishers { get; init; } = 8;

    public int Readers { get; init; } = 10;

    /// <summary>They come into the room for a moment.</summary>
    public int Passers { get; init; } = 2;

    public int ChannelsPerReader { get; init; } = 6;

    /// <summary>Between two publishes of one publisher, on average.</summary>
    public TimeSpan Pace { get; init; } = TimeSpan.FromMilliseconds(60);

    /// <summary>Between two comings, goings and reconnects of one reader, on average; null: they stay.</summary>
    public TimeSpan? Restlessness { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Presence, and a journal; everybody who reads is in it.</summary>
    public string Room => "room:all";

    public IReadOnlyDictionary<string, ChannelPromise> Channels => Enumerable.Range(0, JournalChannels).Select(i => (Name: $"log:{i}", Promise: ChannelPromise.Journal))
        .Concat(Enumerable.Range(0, MemoryChannels).Select(i => (Name: $"mem:{i}", Promise: ChannelPromise.Memory)))
        .Append((Room, ChannelPromise.Journal))
        .ToDictionary(channel => channel.Item1, channel => channel.Item2);
}
