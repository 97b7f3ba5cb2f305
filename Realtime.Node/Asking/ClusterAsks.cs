using System.Text.Json;
using Realtime.Messages.Errors;
using Realtime.Messages.Operators;

namespace Realtime.Node.Asking;

/// <summary>Asks the whole cluster, and brings refusals in the words of the registry.</summary>
internal sealed class ClusterAsks(IClusterView view)
{
    private const int GatewayTimeout = 504;
    private static readonly Dictionary<string, ErrorCode> Codes = ErrorRegistry.All.ToDictionary(entry => entry.Name, entry => entry.Code, StringComparer.Ordinal);
    private static readonly Dictionary<string, string> NoQuery = [];

    /// <param name="by">Who asks and from where, for the audit.</param>
    /// <returns>The answer in JSON, or why there is none.</returns>
    public async Task<(ReadOnlyMemory<byte> Body, RequestFault? Fault)> AskAsync(
        (string Who, string From) by,
        string method,
        IReadOnlyList<string> path,
        IReadOnlyDictionary<string, string>? query = null,
        ReadOnlyMemory<byte> body = default,
        CancellationToken cancellation = default)
    {
        var answer = await view.AskAsync(by.Who, by.From, method, path, query ?? NoQuery, body, cancellation).ConfigureAwait(false);
        if (answer.Status is >= 200 and < 300)
        {
            return (answer.Body, null);
        }

        var error = JsonSerializer.Deserialize(answer.Body.Span, OperatorJson.Default.OperatorError);
        return (default, new RequestFault(Codes.GetValueOrDefault(error?.Error ?? "", ErrorCode.Internal), error?.Message ?? "It was not answered.", error?.Field)
        {
            Outcome = answer.Status == GatewayTimeout ? Outcome.Unknown : Outcome.None,
        });
    }
}
