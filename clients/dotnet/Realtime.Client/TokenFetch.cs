using Realtime.Client.Core;

namespace Realtime.Client;

/// <summary>One call of a token provider of the application.</summary>
internal static class TokenFetch
{
    public static async Task RunAsync(
        Func<CancellationToken, Task<string?>> provider,
        Func<string?, ClientInput> fetched,
        Func<Fault, ClientInput> failed,
        Action<ClientInput> post,
        CancellationToken cancellation)
    {
        // Off the caller's lock: the provider is the application's code.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        ClientInput result;
        try
        {
            result = fetched(await provider(cancellation).ConfigureAwait(false));
        }
        catch (RealtimeException refusal)
        {
            result = failed(refusal.Fault);
        }
        catch (Exception fault)
        {
            result = failed(new Fault(ErrorCodes.TokenUnavailable, fault.Message));
        }

        post(result);
    }
}
