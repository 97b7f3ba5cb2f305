using Realtime.Client.Core;

namespace Realtime.Client;

/// <summary>One call of the application's token provider.</summary>
internal static class TokenFetch
{
    public static async Task RunAsync(Func<CancellationToken, Task<string?>> provider, Action<ClientInput> post, CancellationToken cancellation)
    {
        // Off the caller's lock: the provider is the application's code.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        ClientInput result;
        try
        {
            result = new ClientInput.TokenFetched(await provider(cancellation).ConfigureAwait(false));
        }
        catch (RealtimeException refusal)
        {
            result = new ClientInput.TokenFailed(refusal.Fault);
        }
        catch (Exception fault)
        {
            result = new ClientInput.TokenFailed(new Fault(ErrorCodes.TokenUnavailable, fault.Message));
        }

        post(result);
    }
}
