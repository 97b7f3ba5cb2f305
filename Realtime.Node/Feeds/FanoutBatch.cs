using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Codecs;

namespace Realtime.Node.Feeds;

/// <summary>A run of messages for many subscribers: encoded once per codec, whatever their number. Used on one feed's turn.</summary>
internal sealed class FanoutBatch
{
    private readonly ChannelName _channel;
    private IFrameCodec? _codec;
    private EncodedFrames? _encoded;

    public FanoutBatch(ChannelName channel, IReadOnlyList<LogMessage> messages, TimeProvider time)
    {
        _channel = channel;
        (First, Last) = (messages[0].Offset, messages[^1].Offset);
        Messages = StillGiven(messages, time);
        IsThinned = Messages.Count < messages.Count;
        Silenced = SilencedOf(Messages);
    }

    /// <summary>Those whose own time is not over.</summary>
    public IReadOnlyList<LogMessage> Messages { get; }

    /// <summary>0 where the namespace keeps no log.</summary>
    public long First { get; }

    public long Last { get; }

    /// <summary>Some are left out for everybody: who gets the run is told its predecessor.</summary>
    public bool IsThinned { get; }

    /// <summary>Sessions that do not get all of it, such as their own messages; null when there are none, which is the rule.</summary>
    public HashSet<SessionId>? Silenced { get; }

    public EncodedFrames For(IFrameCodec codec)
    {
        if (!ReferenceEquals(_codec, codec))
        {
            _encoded = EncodedFrames.Of(codec, _channel, Messages);
            _codec = codec;
        }

        return _encoded!;
    }

    /// <summary>How many of these messages, from <paramref name="start"/> on, go into one batch of so many bytes: at least one.</summary>
    public static int RunLength(List<LogMessage> news, int start, int most)
    {
        var bytes = 0;
        for (var i = start; i < news.Count; i++)
        {
            bytes += news[i].Size;
            if (bytes > most && i > start)
            {
                return i - start;
            }
        }

        return news.Count - start;
    }

    public static IReadOnlyList<LogMessage> StillGiven(IReadOnlyList<LogMessage> messages, TimeProvider time)
    {
        for (var i = 0; i < messages.Count; i++)
        {
            if (messages[i].Expires is not null)
            {
                var now = time.GetUtcNow().ToUnixTimeMilliseconds();
                return [.. messages.Where(message => !message.IsOver(now))];
            }
        }

        return messages;
    }

    private static HashSet<SessionId>? SilencedOf(IReadOnlyList<LogMessage> messages)
    {
        HashSet<SessionId>? silenced = null;
        for (var i = 0; i < messages.Count; i++)
        {
            if (!messages[i].Echo)
            {
                (silenced ??= []).Add(messages[i].From);
            }

            if (!messages[i].Except.IsNone)
            {
                (silenced ??= []).Add(messages[i].Except);
            }
        }

        return silenced;
    }
}
