using System.Text.Json;
using System.Text.Json.Serialization;
using Realtime.Node.Operations.Listener;

namespace Realtime.Node.Operations.Questions;

/// <summary>A question as one node passes it on to another. The right to ask it was checked by the first one; whoever is a node is believed.</summary>
internal sealed record PeerQuestion(
    string Method, IReadOnlyList<string> Path, IReadOnlyDictionary<string, string> Query, ReadOnlyMemory<byte> Body, string Who, string From)
{
    public static byte[] Write(OperatorQuestion question) => JsonSerializer.SerializeToUtf8Bytes(
        new PeerQuestion(question.Method, question.Path, question.Query, question.Body, question.Caller.Who, question.Caller.From), PeerJson.Default.PeerQuestion);

    /// <exception cref="JsonException">It is not what a node asks.</exception>
    public static OperatorQuestion Read(ReadOnlySpan<byte> bytes)
    {
        var read = JsonSerializer.Deserialize(bytes, PeerJson.Default.PeerQuestion) ?? throw new JsonException("null is not a question");
        return new OperatorQuestion(read.Method, read.Path, read.Query, read.Body, new OperatorCaller(read.Who, read.From, OperatorRight.Peer));
    }
}
