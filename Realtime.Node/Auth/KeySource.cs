using System.Diagnostics.CodeAnalysis;

namespace Realtime.Node.Auth;

/// <summary>Where a provider publishes its keys.</summary>
/// <param name="Address">Of the set of keys, or of the provider, which then says where they are.</param>
public sealed record KeySource(Uri Address, bool IsAuthority)
{
    /// <summary>Whoever can change keys on their way can be anybody: plain HTTP is for this machine alone.</summary>
    public static bool IsSafe(Uri address) => address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback);

    /// <param name="text">An address, or the path of a file.</param>
    public static bool TryKeySet(string text, [NotNullWhen(true)] out KeySource? source)
    {
        source = null;
        var isAddress = text.Contains("://", StringComparison.Ordinal);
        if (Uri.TryCreate(isAddress ? text : Path.GetFullPath(text), UriKind.Absolute, out var address) && (!isAddress || IsSafe(address)))
        {
            source = new KeySource(address, IsAuthority: false);
        }

        return source is not null;
    }

    public static bool TryAuthority(string text, [NotNullWhen(true)] out KeySource? source)
    {
        source = Uri.TryCreate(text, UriKind.Absolute, out var address) && IsSafe(address) && address.Query.Length == 0 && address.Fragment.Length == 0
            ? new KeySource(address, IsAuthority: true)
            : null;
        return source is not null;
    }
}
