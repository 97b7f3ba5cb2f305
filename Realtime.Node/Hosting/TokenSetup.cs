using Microsoft.Extensions.DependencyInjection.Extensions;
using Realtime.Node.Auth;
using Realtime.Node.Hosting.Configuration;
using Realtime.Node.Telemetry;

namespace Realtime.Node.Hosting;

/// <summary>What judges the application's tokens, as it was configured.</summary>
internal static partial class TokenSetup
{
    public static void AddTokens(this IServiceCollection services, NodeSettings settings)
    {
        if (settings is { Role: ProgramRole.Node, Tokens.Source: { } source })
        {
            services.AddSingleton(provider => CreateFetcher(
                source, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILoggerFactory>().CreateLogger<KeyFetcher>()));
        }

        services.TryAddSingleton(provider => CreateVerifier(settings.Tokens, provider.GetService<KeyFetcher>()));
    }

    private static ITokenVerifier CreateVerifier(TokenSettings settings, IKeyProvider? provider)
    {
        if (provider is null && settings.Keys.Count == 0)
        {
            return settings.DevelopmentKey is { } only ? new DevelopmentKeyVerifier(only, settings.Rules) : new NoTokenVerifier();
        }

        // Beside others it has no name, and is for the tokens that name none.
        IReadOnlyList<TokenKey> keys = settings.DevelopmentKey is { } key ? [.. settings.Keys, DevelopmentKeyVerifier.ToKey(key)] : settings.Keys;
        return new KeyVerifier(keys, provider, settings.Rules);
    }

    private static KeyFetcher CreateFetcher(KeySource source, TimeProvider time, ILogger logger)
    {
        var fails = false;
        return new KeyFetcher(source, time, fetch =>
        {
            if (fetch.Fault is { } fault)
            {
                KeysNotFetched(logger, source.Address, fault, fetch.Keys);
            }
            else if (fails || fetch.IsFirst)
            {
                KeysFetched(logger, source.Address, fetch.Keys);
            }

            fails = fetch.Fault is not null;
        });
    }

    [LoggerMessage(LogEvents.KeysFetched, LogLevel.Information, "{Keys} keys of tokens from {Address}")]
    private static partial void KeysFetched(ILogger logger, Uri address, int keys);

    [LoggerMessage(LogEvents.KeysNotFetched, LogLevel.Warning, "The keys of tokens could not be fetched from {Address}: {Fault}. Those from before stay: {Keys}")]
    private static partial void KeysNotFetched(ILogger logger, Uri address, string fault, int keys);
}
