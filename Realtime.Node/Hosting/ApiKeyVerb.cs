using System.CommandLine;
using System.Security.Cryptography;
using Realtime.Node.Api.Door;
using Realtime.Node.Configuration;
using Realtime.Node.Hosting.Configuration;

namespace Realtime.Node.Hosting;

/// <summary><c>api-key</c>: makes a key for the application's back end. Nothing is written anywhere but to the terminal.</summary>
internal static class ApiKeyVerb
{
    private const int SecretBytes = 32;

    public static Command Create(TextWriter output, TextWriter faults)
    {
        var id = new Option<string>("--id") { Description = "What the key is called: a to z, digits, '_' and '-'.", HelpName = "ID", Required = true };
        var command = new Command("api-key", "Make a key for the HTTP API: a random secret for the caller, and its hash for the configuration.") { id };
        command.SetAction(parsed => Make(parsed.GetValue(id)!, output, faults));
        return command;
    }

    private static int Make(string id, TextWriter output, TextWriter faults)
    {
        if (!ApiRules.IsId(id))
        {
            faults.WriteLine($"--id must be 1 to 64 of a to z, digits, '_' and '-', is '{id}'.");
            return ExitCodes.BadConfiguration;
        }

        var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes));
        output.WriteLine("The caller shows (this is the only time that the secret is seen):");
        output.WriteLine($"  Authorization: Bearer {id}.{secret}");
        output.WriteLine("The server is configured with:");
        output.WriteLine($"  REALTIME__API__KEYS__{id.ToUpperInvariant()}__HASH={Convert.ToHexStringLower(ApiKeys.HashOf(secret))}");
        output.WriteLine($"  REALTIME__API__KEYS__{id.ToUpperInvariant()}__SCOPES=publish,read");
        return ExitCodes.Success;
    }
}
