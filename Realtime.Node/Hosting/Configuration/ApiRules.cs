using Realtime.Node.Api.Door;
using Realtime.Node.Configuration;

namespace Realtime.Node.Hosting.Configuration;

/// <summary>The rules of API keys, and what the node makes of them.</summary>
internal static class ApiRules
{
    private const int LeastSecret = 32;
    private const int MostSecret = 256;
    private const long LeastBytes = 1024;
    private const string Path = $"{RealtimeOptions.Section}:Api:Keys";

    public static void Check(ApiOptions options, FaultList faults)
    {
        foreach (var (id, key) in options.Keys)
        {
            var path = $"{Path}:{id}";
            if (!IsId(id))
            {
                faults.Add(path, "must be called by 1 to 64 of a to z, digits, '_' and '-'");
            }

            if (key.Hash is null == key.Secret is null)
            {
                faults.Add(path, "needs Hash or Secret, and not both");
            }

            if (key.Hash is { } hash && (hash.Length != 64 || !hash.All(char.IsAsciiHexDigit)))
            {
                faults.Add($"{path}:Hash", "must be 64 hexadecimal digits, the SHA-256 of the secret");
            }

            if (key.Secret is { } secret && (secret.Length is < LeastSecret or > MostSecret || !secret.All(c => c is > ' ' and < (char)127)))
            {
                faults.Add($"{path}:Secret", $"must be {LeastSecret} to {MostSecret} printable ASCII characters without spaces");
            }

            if (key.Scopes.Count == 0)
            {
                faults.Add($"{path}:Scopes", "is empty: the key could do nothing");
            }

            for (var i = 0; i < key.Scopes.Count; i++)
            {
                if (ScopeOf(key.Scopes[i]) is ApiScopes.None)
                {
                    faults.Add($"{path}:Scopes:{i}", $"must be one of publish, subscribe, disconnect, read, revoke, is '{key.Scopes[i]}'");
                }
            }

            for (var i = 0; i < key.Channels.Count; i++)
            {
                if (key.Channels[i].IndexOf('*', StringComparison.Ordinal) is >= 0 and var star && star < key.Channels[i].Length - 1)
                {
                    faults.Add($"{path}:Channels:{i}", $"may have a * at its end only, is '{key.Channels[i]}'");
                }
            }

            if (key.RequestsPerSecond is { } rate)
            {
                faults.Range($"{path}:RequestsPerSecond", rate, 1, 1_000_000);
            }

            faults.Range($"{path}:RequestsAtOnce", key.RequestsAtOnce ?? 1, 1, 100_000);
            faults.Range($"{path}:MessagesPerSecond", key.MessagesPerSecond ?? 1, 1, 10_000_000);
            faults.Range($"{path}:BytesPerSecond", key.BytesPerSecond ?? LeastBytes, LeastBytes, 64L * 1024 * 1024 * 1024);
        }
    }

    public static IEnumerable<ApiKey> ToKeys(ApiOptions options) => options.Keys.Select(entry => new ApiKey(
        entry.Key,
        entry.Value.Hash is { } hash ? Convert.FromHexString(hash) : ApiKeys.HashOf(entry.Value.Secret!),
        entry.Value.Scopes.Aggregate(ApiScopes.None, (all, scope) => all | ScopeOf(scope)),
        entry.Value.Channels.Count == 0 ? null : [.. entry.Value.Channels],
        entry.Value.RequestsPerSecond)
    {
        RequestsAtOnce = entry.Value.RequestsAtOnce,
        MessagesPerSecond = entry.Value.MessagesPerSecond,
        BytesPerSecond = entry.Value.BytesPerSecond?.Bytes,
    });

    public static bool IsId(string id) => id.Length is >= 1 and <= 64 && id.All(c => c is >= 'a' and <= 'z' or >= '0' and <= '9' or '_' or '-');

    private static ApiScopes ScopeOf(string text) => text switch
    {
        "publish" => ApiScopes.Publish,
        "subscribe" => ApiScopes.Subscribe,
        "disconnect" => ApiScopes.Disconnect,
        "read" => ApiScopes.Read,
        "revoke" => ApiScopes.Revoke,
        _ => ApiScopes.None,
    };
}
