using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Realtime.Messages.Ids;
using Realtime.Node.Connections.Core;
using Realtime.Node.Namespaces;

namespace Realtime.Node.Application.Calls;

/// <summary>
/// Where the calls of one producer are remembered, and by what. A producer is a name that its client chose, so it counts together with the user: nobody reads another user's replies by taking the name of their producer.
/// </summary>
/// <param name="Log">The log of the producer's calls.</param>
/// <param name="Writer">The producer in that log. A call has two numbers there: one for its beginning and one for its reply.</param>
internal readonly record struct CallKey(ChannelName Log, ProducerId Writer, long Sequence)
{
    public long Begins => Sequence * 2;

    public long Replies => (Sequence * 2) + 1;

    /// <summary>The same for all repeats of the call; tells nothing of the user.</summary>
    public string Idempotency => $"{Writer}-{Sequence}";

    public static CallKey Of(Question.Call call)
    {
        var who = $"{(call.Identity is { } identity ? "user " + identity.User.Value : "anonymous")}\n{call.Producer!.Value}";
        var name = Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(who)).AsSpan(0, 18));
        return new CallKey(ServerLogs.Channel(ServerLogs.Calls, name), ProducerId.FromStore(name), call.Sequence!.Value);
    }
}
