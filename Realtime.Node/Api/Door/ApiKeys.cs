using System.Security.Cryptography;
using System.Text;

namespace Realtime.Node.Api.Door;

/// <summary>
/// The configured keys. Hashes are compared, in constant time, and an id that nobody has costs the same comparison: how long an answer takes says neither whether an id is known nor
/// how much of a secret was right.
/// </summary>
internal sealed class ApiKeys
{
    public const int MostShown = 512;
    private const string Scheme = "Bearer ";
    private readonly Dictionary<string, ApiKey> _byId;
    private readonly byte[] _nobody = RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes);

    public ApiKeys(IEnumerable<ApiKey> keys)
    {
        _byId = keys.ToDictionary(key => key.Id, StringComparer.Ordinal);
    }

    public bool IsEmpty => _byId.Count == 0;

    public static byte[] HashOf(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    /// <param name="authorization">As the header has it: <c>Bearer id.secret</c>.</param>
    /// <returns>Null: no key is shown that anybody knows.</returns>
    public ApiKey? Find(string authorization)
    {
        var shown = authorization.Length <= MostShown && authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? authorization[Scheme.Length..].Trim() : "";
        var dot = shown.IndexOf('.', StringComparison.Ordinal);
        var hash = HashOf(shown[(dot + 1)..]);
        var known = _byId.TryGetValue(dot < 0 ? "" : shown[..dot], out var key);
        var equal = CryptographicOperations.FixedTimeEquals(hash, known ? key!.Hash.Span : _nobody);
        return equal & known ? key : null;
    }
}
