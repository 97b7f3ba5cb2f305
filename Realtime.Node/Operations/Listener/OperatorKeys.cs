using System.Security.Cryptography;
using System.Text;

namespace Realtime.Node.Operations.Listener;

/// <summary>
/// The configured keys. What is shown is compared as a MAC under a key of this process, with both and in constant time: how long it takes says nothing of how
/// much of a guess was right.
/// </summary>
internal sealed class OperatorKeys
{
    private const string Scheme = "Bearer ";
    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(32);
    private readonly byte[]? _act;
    private readonly byte[]? _view;

    public OperatorKeys(string? act, string? view)
    {
        _act = act is null ? null : MacOf(act);
        _view = view is null ? null : MacOf(view);
    }

    /// <summary>Without a key that may act there is nobody to keep out.</summary>
    public bool IsOpen => _act is null;

    /// <summary>Whether a key is shown at all.</summary>
    public static bool IsShown(string? authorization) => !string.IsNullOrWhiteSpace(authorization);

    /// <returns>What the shown key may do; null: nobody knows it.</returns>
    public OperatorRight? RightOf(string authorization)
    {
        var shown = authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? authorization[Scheme.Length..].Trim() : "";
        var mac = MacOf(shown);
        var acts = _act is not null & CryptographicOperations.FixedTimeEquals(mac, _act ?? _secret);
        var views = _view is not null & CryptographicOperations.FixedTimeEquals(mac, _view ?? _secret);
        return acts ? OperatorRight.Act : views ? OperatorRight.View : null;
    }

    private byte[] MacOf(string key) => HMACSHA256.HashData(_secret, Encoding.UTF8.GetBytes(key));
}
