using System.CommandLine;
using Microsoft.Extensions.Hosting;
using Realtime.Node.Configuration;
using Realtime.Node.Hosting.Configuration;

namespace Realtime.Node.Hosting;

/// <summary><c>token</c>: prints a token for trying things, signed with a key that the node is configured with.</summary>
internal static class TokenCommand
{
    public static Command Create(TextWriter output, TextWriter faults)
    {
        var user = new Option<string>("--user") { Description = "The user that it is for (sub).", HelpName = "NAME", Required = true };
        var channel = new Option<string[]>("--channel")
        {
            Description = "Grants everything on this channel, or on all that begin with what stands before a *; PATTERN=subscribe,publish,presence,history grants only those. May be there several times.",
            HelpName = "PATTERN",
        };
        var life = new Option<string>("--ttl") { Description = "How long it counts. Default: 1h.", HelpName = "DURATION", DefaultValueFactory = _ => "1h" };
        var info = new Option<string?>("--info") { Description = "What is said of the user beside the name.", HelpName = "JSON" };
        var key = new Option<string?>("--key") { Description = "Which of Realtime:Auth:Keys signs. Default: the development key, or the only one.", HelpName = "NAME" };
        var file = new Option<string?>("--key-file") { Description = "The private key of it, in PEM: no node has that.", HelpName = "PATH" };
        var command = new Command("token", "Print a token for trying things, signed with a configured key.") { user, channel, life, info, key, file };
        command.SetAction(parsed => Run(
            auth => new TokenMint(auth, TimeProvider.System).Mint(
                parsed.GetValue(user)!, parsed.GetValue(channel) ?? [], Life(parsed.GetValue(life)!), parsed.GetValue(info), parsed.GetValue(key), Read(parsed.GetValue(file))),
            output,
            faults));
        return command;
    }

    private static int Run(Func<AuthOptions, string> mint, TextWriter output, TextWriter faults)
    {
        try
        {
            var builder = ProgramBuilder.Create("Realtime.Node", new Dictionary<string, string?>());
            output.WriteLine(mint(NodeConfiguration.Read(builder.Configuration, isDevelopment: builder.Environment.IsDevelopment()).Options.Auth));
            return ExitCodes.Success;
        }
        catch (RealtimeConfigurationException wrong)
        {
            foreach (var fault in wrong.Faults)
            {
                faults.WriteLine(fault);
            }

            return ExitCodes.BadConfiguration;
        }
    }

    private static TimeSpan Life(string text) => DurationText.TryParse(text, out var life) && life > TimeSpan.Zero && life <= TimeSpan.FromDays(365)
        ? life
        : throw new RealtimeConfigurationException([$"--ttl must be a duration such as 10m, 1h or 7d, is '{text}'"]);

    private static string? Read(string? path)
    {
        try
        {
            return path is null ? null : File.ReadAllText(path);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new RealtimeConfigurationException([$"--key-file cannot be read: {unreadable.Message}"]);
        }
    }
}
