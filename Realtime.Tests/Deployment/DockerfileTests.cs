using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Realtime.Tests.Architecture;

namespace Realtime.Tests.Deployment;

/// <summary>The Dockerfile and the SDK's own container publishing, held against the projects and each other. Neither can be run without an engine or a registry.</summary>
public sealed partial class DockerfileTests
{
    private static readonly ConcurrentDictionary<string, Lazy<JsonNode>> Evaluated = new();
    private static readonly DockerfileText Docker = new(RepositoryFiles.Get("Dockerfile").Text);
    private static readonly string Framework = XDocument.Parse(RepositoryFiles.Get("Directory.Build.props").Text).Descendants("TargetFramework").Single().Value["net".Length..];

    /// <summary>Stage of the Dockerfile and project of the program.</summary>
    public static TheoryData<string, string> Programs => new() { { "node", "Realtime.Node/Realtime.Node.csproj" }, { "lighthouse", "lighthouse/lighthouse.csproj" }, { "pbm", "pbm/pbm.csproj" } };

    [Fact]
    public void What_it_copies_is_there()
    {
        Docker.Copies.Count().ShouldBeGreaterThan(8);
        Docker.Copies.Where(copy => !RepositoryFiles.Exists(copy.Source)).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void Every_project_is_copied_before_the_restore_and_everything_it_takes_in_before_the_publish(string stage, string project)
    {
        stage.ShouldNotBeEmpty();
        var runs = Docker.Instructions.Select((instruction, order) => (instruction, order)).Where(pair => pair.instruction.Word == "RUN").Select(pair => pair.order).ToList();
        runs.Count.ShouldBe(2);
        foreach (var needed in Closure(project))
        {
            Docker.Copies.Where(copy => copy.Order < runs[0]).ShouldContain(copy => copy.Source == needed, needed);
            Docker.Copies.Where(copy => copy.Order < runs[1]).ShouldContain(copy => copy.Source == Folder(needed) + "/", needed);
            foreach (var outside in Outside(needed))
            {
                Docker.Copies.Where(copy => copy.Order < runs[1]).ShouldContain(copy => copy.Source == outside, $"{needed} takes in {outside}");
            }
        }

        foreach (var file in RepositoryFiles.All.Where(file => file.Folder == "" && Path.GetExtension(file.Path) is ".props" or ".targets").Select(file => file.Path).Append("global.json"))
        {
            Docker.Copies.Where(copy => copy.Order < runs[0]).ShouldContain(copy => copy.Source == file, file);
        }

        Docker.Of("RUN").First().ShouldContain($"dotnet restore {Folder(project)}");
        Docker.Of("RUN").Last().ShouldMatch($"dotnet publish {Folder(project)} -c Release( --use-current-runtime)? --no-restore -o /out/{stage}");
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void An_image_is_the_one_that_the_sdk_would_make(string stage, string project)
    {
        var evaluated = Evaluate(project);
        var properties = evaluated["Properties"]!;
        var instructions = Docker.StageOf(stage);

        Docker.Stages[stage].ShouldBe(properties["ContainerBaseImage"]!.ToString());
        Docker.Stages[stage].ShouldEndWith($":{Framework}-noble-chiseled");
        properties["ContainerRepository"]!.ToString().ShouldBe($"realtime/{stage}");
        properties["ContainerImageTag"]!.ToString().ShouldBe(properties["Version"]!.ToString());
        instructions.ShouldContain(("USER", properties["ContainerUser"]!.ToString()));
        instructions.ShouldContain(("COPY", $"--from=build /out/{stage} ./"));
        instructions.ShouldContain(("WORKDIR", properties["ContainerWorkingDirectory"]!.ToString().TrimEnd('/')));
        instructions.Where(instruction => instruction.Word == "EXPOSE").Select(instruction => instruction.Text).ShouldBe(Items(evaluated, "ContainerPort"));
        instructions.Where(instruction => instruction.Word == "ENV").Select(instruction => instruction.Text.Split('=')[0]).ShouldBe(Items(evaluated, "ContainerEnvironmentVariable"));

        // The SDK names the program with its folder; the Dockerfile's working directory is that folder.
        var command = Items(evaluated, "ContainerAppCommand").Select(part => part.Replace("/app/", "", StringComparison.Ordinal));
        instructions[^1].ShouldBe(("ENTRYPOINT", $"[{string.Join(", ", command.Select(part => $"\"{part}\""))}]"));
    }

    [Fact]
    public void The_image_that_builds_has_the_sdk_that_global_json_asks_for()
    {
        var sdk = JsonNode.Parse(RepositoryFiles.Get("global.json").Text)!["sdk"]!["version"]!.ToString();

        Docker.Stages["build"].ShouldBe($"mcr.microsoft.com/dotnet/sdk:{string.Join('.', sdk.Split('.')[..2])}-noble");
        sdk.ShouldStartWith(Framework);
    }

    [Fact]
    public void The_manifests_run_these_images_as_their_user()
    {
        var user = Evaluate("Realtime.Node/Realtime.Node.csproj")["Properties"]!["ContainerUser"]!.ToString();

        foreach (var workload in Manifests.Render("local").Workloads.Where(workload => workload.IsOurs))
        {
            workload.Text("spec.template.spec.securityContext.runAsUser").ShouldBe(user);
            workload.Text("spec.template.spec.containers.0.image").ShouldStartWith($"realtime/{workload.Component}:");
        }
    }

    [Fact]
    public void Continued_lines_and_comments_are_read()
    {
        var text = new DockerfileText("# a\nFROM x:1 AS build\nRUN a \\\n && b\nCOPY c d ./\nCOPY --from=build /e ./\n");

        text.Instructions.Count.ShouldBe(4);
        text.Copies.Select(copy => copy.Source).ShouldBe(["c", "d"]);
        text.Stages["build"].ShouldBe("x:1");
    }

    /// <summary>Each project once: it takes a second.</summary>
    private static JsonNode Evaluate(string project) => Evaluated.GetOrAdd(project, static project => new Lazy<JsonNode>(() => JsonNode.Parse(Dotnet.Run(
        "msbuild", project, "-t:ComputeContainerConfig", "-p:OS=linux", "-getProperty:Version", "-getProperty:ContainerBaseImage", "-getProperty:ContainerRepository", "-getProperty:ContainerImageTag",
        "-getProperty:ContainerUser", "-getProperty:ContainerWorkingDirectory", "-getItem:ContainerPort", "-getItem:ContainerEnvironmentVariable", "-getItem:ContainerAppCommand"))!)).Value;

    private static IEnumerable<string> Items(JsonNode evaluated, string name) => evaluated["Items"]![name]!.AsArray().Select(item => item!["Identity"]!.ToString());

    private static IEnumerable<string> Closure(string project)
    {
        var text = RepositoryFiles.Get(project).Text;
        var referenced = Reference().Matches(text).Select(match => Resolve(project, match.Groups[1].Value));
        return [project, .. referenced.SelectMany(Closure).Distinct()];
    }

    /// <summary>Files beside the project's folder that it builds into itself.</summary>
    private static IEnumerable<string> Outside(string project) =>
        Resource().Matches(RepositoryFiles.Get(project).Text).SelectMany(match => match.Groups[1].Value.Split(';')).Where(path => path.StartsWith("..", StringComparison.Ordinal))
            .Select(path => Resolve(project, path));

    private static string Resolve(string project, string path) => Path.GetRelativePath("/", Path.GetFullPath(Path.Combine("/", Folder(project), path)));

    private static string Folder(string project) => Path.GetDirectoryName(project)!;

    [GeneratedRegex("<ProjectReference Include=\"([^\"]+)\"")]
    private static partial Regex Reference();

    [GeneratedRegex("<(?:EmbeddedResource|Content|Compile|None) Include=\"([^\"]+)\"")]
    private static partial Regex Resource();
}
