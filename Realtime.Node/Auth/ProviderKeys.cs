using System.Collections.Frozen;

namespace Realtime.Node.Auth;

/// <summary>The keys of a provider at one moment.</summary>
public sealed class ProviderKeys
{
    private readonly FrozenDictionary<string, TokenKey> _byName;

    public ProviderKeys(IReadOnlyList<TokenKey> keys, string? issuer, bool isFetched = true)
    {
        All = keys;
        Issuer = issuer;
        IsFetched = isFetched;
        _byName = keys.Where(key => key.Id is not null).DistinctBy(key => key.Id).ToFrozenDictionary(key => key.Id!, StringComparer.Ordinal);
    }

    /// <summary>Before the first answer.</summary>
    public static ProviderKeys None { get; } = new([], null, isFetched: false);

    public bool IsFetched { get; }

    public IReadOnlyList<TokenKey> All { get; }

    /// <summary>Whose tokens they sign, as the provider says; null: it does not.</summary>
    public string? Issuer { get; }

    public TokenKey? Find(string id) => _byName.GetValueOrDefault(id);
}
