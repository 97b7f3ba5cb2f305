using System.Net.Http.Json;
using System.Text.Json.Serialization.Metadata;
using Realtime.Messages.Operators;

namespace Realtime.Bench.Servers;

/// <summary>What operators see of a cluster, and do to it, through the node that is asked.</summary>
internal sealed class OperatorView : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(15) };

    public Task<ClusterStatus> ClusterAsync(ServerProcess node) => AskAsync(node, "cluster", OperatorJson.Default.ClusterStatus);

    public Task<ShardLocation> LocateAsync(ServerProcess node, string channel) =>
        AskAsync(node, "shards/locate?channel=" + Uri.EscapeDataString(channel), OperatorJson.Default.ShardLocation);

    public async Task DrainAsync(ServerProcess asked, string name)
    {
        using var answer = await _http.PostAsync(new Uri(asked.Operators, $"operator/v1/nodes/{name}/drain"), JsonContent.Create(new object()));
        if (!answer.IsSuccessStatusCode)
            throw new BenchFailedException($"the drain of {name} was refused: {await answer.Content.ReadAsStringAsync()}");
    }

    public void Dispose() => _http.Dispose();

    private async Task<T> AskAsync<T>(ServerProcess node, string path, JsonTypeInfo<T> type)
    {
        try
        {
            return await _http.GetFromJsonAsync(new Uri(node.Operators, "operator/v1/" + path), type)
                ?? throw new BenchFailedException($"{node.Name} answered nothing to {path}");
        }
        catch (HttpRequestException refused)
        {
            throw new BenchFailedException($"{node.Name} does not answer {path}: {refused.Message}");
        }
    }
}
