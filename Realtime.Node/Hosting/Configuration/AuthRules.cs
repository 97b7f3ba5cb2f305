using System.Text;
using Realtime.Node.Auth;
using Realtime.Node.Configuration;

namespace Realtime.Node.Hosting.Configuration;

/// <summary>Section <c>Realtime:Auth</c>: what is wrong with it, and what the node makes of it.</summary>
public static class AuthRules
{
    private const string Path = $"{RealtimeOptions.Section}:Auth";

    public static void Check(AuthOptions options, FaultList faults)
    {
        faults.Range($"{Path}:Leeway", options.Leeway, TimeSpan.Zero, TimeSpan.FromMinutes(5));
        if (options.DevelopmentKey is { } key && Encoding.UTF8.GetByteCount(key) < DevelopmentKeyVerifier.MinimumKeyBytes)
        {
            // The length is as much as may be said about it.
            faults.Add($"{Path}:DevelopmentKey", $"must be at least {DevelopmentKeyVerifier.MinimumKeyBytes} bytes, is {Encoding.UTF8.GetByteCount(key)}");
        }

        foreach (var (name, entry) in options.Keys)
        {
            if (!TryRead(name, entry, out _, out var fault))
            {
                faults.Add($"{Path}:Keys:{name}{fault.Option}", fault.Text);
            }
        }

        if (options.Jwks is { } set && !KeySource.TryKeySet(set, out _))
        {
            faults.Add($"{Path}:Jwks", "must be an https address, an http address of this machine, or a file");
        }

        if (options.Authority is { } authority && !KeySource.TryAuthority(authority, out _))
        {
            faults.Add($"{Path}:Authority", "must be an https address, or an http address of this machine, without a query");
        }

        if (options is { Jwks: not null, Authority: not null })
        {
            faults.Add($"{Path}:Jwks", "must not be there beside Authority, which says where its keys are");
        }

        if (!TakesTokens(options) && (options.Issuer ?? options.Audience) is not null)
        {
            faults.Add($"{Path}:{(options.Issuer is not null ? "Issuer" : "Audience")}", "checks nothing without DevelopmentKey, Keys, Jwks or Authority");
        }
    }

    public static TokenSettings ToSettings(AuthOptions options, bool isDevelopment) => new()
    {
        DevelopmentKey = options.DevelopmentKey,
        Keys = [.. options.Keys.Select(entry => TryRead(entry.Key, entry.Value, out var key, out _) ? key : null).OfType<TokenKey>()],
        Source = options.Authority is { } authority && KeySource.TryAuthority(authority, out var provider) ? provider
            : options.Jwks is { } set && KeySource.TryKeySet(set, out var published) ? published
            : null,
        Rules = new TokenRules
        {
            Issuer = options.Issuer,
            Audience = options.Audience,
            Leeway = options.Leeway,
            RequireExpiry = options.RequireExpiry ?? !isDevelopment,
        },
    };

    private static bool TakesTokens(AuthOptions options) =>
        options.DevelopmentKey is not null || options.Keys.Count > 0 || options.Jwks is not null || options.Authority is not null;

    private static bool TryRead(string name, TokenKeyOptions options, out TokenKey? key, out (string Option, string Text) fault)
    {
        key = null;
        fault = default;
        if (TokenAlgorithms.FamilyOf(options.Algorithm) is null)
        {
            fault = (":Algorithm", $"must be one of {string.Join(", ", TokenAlgorithms.All)}, is '{options.Algorithm}'");
            return false;
        }

        if (options.Key is null == options.KeyFile is null)
        {
            fault = ("", "must have either Key or KeyFile");
            return false;
        }

        try
        {
            var text = options.Key ?? File.ReadAllText(options.KeyFile!).TrimEnd('\r', '\n');
            if (TokenKeyText.TryRead(name, options.Algorithm!, text, out key, out var wrong))
            {
                return true;
            }

            fault = (options.Key is null ? ":KeyFile" : ":Key", wrong);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            fault = (":KeyFile", $"cannot be read: {unreadable.Message}");
        }

        return false;
    }
}
