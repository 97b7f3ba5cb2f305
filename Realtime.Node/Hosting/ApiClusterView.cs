using Realtime.Node.Asking;
using Realtime.Node.Operations;
using Realtime.Node.Operations.Listener;
using Realtime.Node.Operations.Questions;

namespace Realtime.Node.Hosting;

/// <summary>The operators' desk answers the application as well: it knows how to ask every node, and notes in the audit what is done.</summary>
internal sealed class ApiClusterView(OperatorDesk desk) : IClusterView
{
    public async Task<ClusterAnswer> AskAsync(
        string who, string from, string method, IReadOnlyList<string> path, IReadOnlyDictionary<string, string> query, ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        if (desk.Routes.Find(method, path) is not var (route, arguments))
        {
            return Answer(OperatorReply.NotFound("There is nothing of this path and method here."));
        }

        var question = new OperatorQuestion(method, path, query, body, new OperatorCaller(who, from, OperatorRight.Act)) { Arguments = arguments };
        return Answer(await desk.AnswerAsync(route, question, cancellation).ConfigureAwait(false));
    }

    private static ClusterAnswer Answer(OperatorReply reply) => new(reply.Status, reply.Body, reply.Detail);
}
