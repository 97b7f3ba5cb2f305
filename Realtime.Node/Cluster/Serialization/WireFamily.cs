using Google.Protobuf;

namespace Realtime.Node.Cluster.Serialization;

/// <summary>
/// The messages under one abstract base, each with its manifest and its body in protobuf. A body is written into an array of its own size; what
/// it says of payloads is wrapped, not copied, so they are copied once on each side.
/// </summary>
internal sealed class WireFamily(Type messages)
{
    private readonly List<WireCase> _cases = [];

    /// <summary>The abstract base, to which the serializer is bound.</summary>
    public Type Messages => messages;

    public IReadOnlyList<WireCase> Cases => _cases;

    public WireFamily With<TMessage, TBody>(
        string manifest, MessageParser<TBody> parser, Func<TMessage, TBody> write, Func<TBody, TMessage> read)
        where TMessage : notnull
        where TBody : IMessage<TBody> =>
        WithBytes(manifest, parser, message => write(message).ToByteArray(), read);

    /// <summary>As <see cref="With"/>, for a message that keeps its own bytes.</summary>
    public WireFamily WithBytes<TMessage, TBody>(
        string manifest, MessageParser<TBody> parser, Func<TMessage, byte[]> write, Func<TBody, TMessage> read)
        where TMessage : notnull
        where TBody : IMessage<TBody>
    {
        if (!typeof(TMessage).IsSubclassOf(messages))
        {
            throw new ArgumentException($"{typeof(TMessage)} is none of {messages}", nameof(manifest));
        }

        _cases.Add(new WireCase(manifest, typeof(TMessage), message => write((TMessage)message), bytes => read(parser.ParseFrom(bytes))));
        return this;
    }
}
