using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Codecs;

namespace Realtime.Node.Feeds;

/// <summary>A run of messages for many subscribers: encoded once per codec, whatever their number. Used on one feed's turn.</summary>
internal sealed class FanoutBatch(ChannelName channel, IReadOnlyList<LogMessage> messages)
{
    private IFrameCodec? _codec;
    private EncodedFrames? _encoded;

    public IReadOnlyList<LogMessage> Messages => messages;

    /// <summary>0 where the namespace keeps no log.</summary>
    public long First => messages[0].Offset;

    public long Last => messages[^1].Offset;

    /// <summary>Sessions that must not get their own messages back; null when there are none, which is the rule.</summary>
    public HashSet<SessionId>? Silenced { get; } = SilencedOf(messages);

    public EncodedFrames For(IFrameCodec codec)
    {
        if (!ReferenceEquals(_codec, codec))
        {
            _encoded = EncodedFrames.Of(codec, channel, messages);
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

    private static HashSet<SessionId>? SilencedOf(IReadOnlyList<LogMessage> messages)
    {
        HashSet<SessionId>? silenced = null;
        for (var i = 0; i < messages.Count; i++)
        {
            if (!messages[i].Echo)
            {
                (silenced ??= []).Add(messages[i].From);
            }
        }

        return silenced;
    }
}
