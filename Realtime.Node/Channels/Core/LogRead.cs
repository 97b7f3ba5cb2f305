using Realtime.Messages.Channels;
using Realtime.Messages.Positions;

namespace Realtime.Node.Channels.Core;

/// <summary>A request that waits for the log's answer.</summary>
internal abstract record LogRead(Asker Asker)
{
    /// <summary>The first page of a subscriber whose place is known already: <see cref="Reply"/> goes out without it if it cannot be read.</summary>
    public sealed record FirstPage(Asker Asker, ChannelReply.Subscribed Reply, long After) : LogRead(Asker);

    public sealed record Page(Asker Asker, StreamPosition After) : LogRead(Asker);

    /// <param name="Reverse">The client wants newest first; the log is read oldest first all the same.</param>
    /// <param name="Floor">Down to which the client wants it; what is at this offset and below it is not asked for.</param>
    public sealed record History(Asker Asker, long After, int Limit, bool Reverse, long Floor) : LogRead(Asker);

    /// <summary>The request's beginning is a time, whose offset is looked for.</summary>
    public sealed record Time(Asker Asker, ChannelRequest Request) : LogRead(Asker);

    /// <summary>The end of what is past its age is looked for.</summary>
    public sealed record Age() : LogRead(default(Asker));
}
