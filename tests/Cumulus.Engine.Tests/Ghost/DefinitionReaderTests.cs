using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cumulus.Engine.Configuration;
using Cumulus.Engine.Ghost;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Ghost;

public sealed class DefinitionReaderTests
{
    [Fact]
    public void A_small_definition_has_todays_defaults()
    {
        GhostApplication web = Applications.Read(Applications.Minimal);
        Assert.Equal(new ApplicationKey("web", "prod", "front"), web.Key);
        Assert.Equal(("linux", "x86_64"), (web.Platform, web.Architecture));
        Assert.Equal(("gp3", 20, true), (web.EnvironmentInfos.RootBlockDevice.VolumeType, web.EnvironmentInfos.RootBlockDevice.Size, web.EnvironmentInfos.RootBlockDevice.Encrypted));
        Assert.Equal("required", web.EnvironmentInfos.MetadataOptions.HttpTokens);
        Assert.True(web.EnvironmentInfos.PublicIpAddress);
        Assert.Equal("ec2.prod.front.web", web.DefaultNameTag);
    }

    [Fact]
    public void Every_field_is_read()
    {
        GhostApplication web = Applications.Read(Applications.Full);
        Assert.Equal("web/prod/front/blue", web.Key.Path);
        Assert.Equal("arn:aws:iam::123456789012:role/ghost", web.RoleArn);
        Assert.Equal(new SourceImageFilter("al2023-ami-*", "amazon"), web.BuildInfos.SourceAmiFilter);
        Assert.Equal((4000, 250), (web.EnvironmentInfos.RootBlockDevice.Iops, web.EnvironmentInfos.RootBlockDevice.Throughput));
        Assert.True(web.EnvironmentInfos.OptionalVolumes[0].LaunchBlockDeviceMappings);
        Assert.Equal("ssm:/shop/db", web.EnvVars[1].From);
        Assert.Equal("""{"workers":4,"hosts":["a","b"],"tls":true,"level":"08"}""", JsonSerializer.Serialize(web.Features[1].Parameters));
        Assert.Equal("#!/bin/bash\nmake\n", web.Modules[0].BuildPack!.Text);
        Assert.Equal(new MaintenancePolicy(100, 150), web.Autoscale!.MaintenancePolicy);
        Assert.Equal("alb", web.SafeDeployment!.LoadBalancerType);
        Assert.Equal(["*"], web.LogNotifications[0].JobStates);
        Assert.Equal(["failed", "aborted"], web.LogNotifications[1].JobStates);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_exported_is_read_as_the_same(bool isJson)
    {
        GhostApplication web = Applications.Read(Applications.Full);
        ExportFile file = DefinitionExport.Of(Stored(web), new ExportForm(isJson, SplitScripts: false))[0];
        DefinitionReading again = DefinitionReader.Read(file.Content, file.Name, null);
        Assert.Equal(DefinitionWriter.ToJson(web).ToJsonString(), DefinitionWriter.ToJson(again.Require()).ToJsonString());
        Assert.Equal(3, again.Revision);
        Assert.Equal($"web-prod-front-blue.{(isJson ? "json" : "yml")}", file.Name);
    }

    [Fact]
    public void Scripts_may_be_files_beside_the_definition_and_nowhere_else()
    {
        using var folder = new TempFolder();
        foreach (ExportFile file in DefinitionExport.Of(Stored(Applications.Read(Applications.Full)), new ExportForm(IsJson: false, SplitScripts: true))) folder.Write(file.Name, file.Content);
        string path = folder["web-prod-front-blue.yml"];
        Assert.Equal("#!/bin/bash\nmake\n", folder.Read("web-prod-front-blue.scripts/site.build_pack.sh"));
        GhostApplication again = DefinitionReader.Read(File.ReadAllText(path), path, new ScriptFolder(folder.Path)).Require();
        Assert.Equal("#!/bin/bash\nmake\n", again.Modules[0].BuildPack!.Text);

        folder.Write("in/web.yml", Applications.Minimal + "\nlifecycle_hooks: { pre_bootstrap: { file: ../secret } }");
        folder.Write("secret", "root:x");
        DefinitionReading outside = DefinitionReader.Read(folder.Read("in/web.yml"), "web.yml", new ScriptFolder(folder["in"]));
        Assert.Contains("There is no script '../secret'", Assert.Single(outside.Errors).Message, StringComparison.Ordinal);
        folder.Link("in/link", folder["secret"]);
        Assert.Null(new ScriptFolder(folder["in"]).Read("link"));
    }

    [Fact]
    public void A_document_of_Ghost_is_read_with_its_scripts_decoded_and_its_own_fields_left_out()
    {
        string script = Convert.ToBase64String(Encoding.UTF8.GetBytes("#!/bin/bash\necho \"déjà\"\n"));
        string document = """
            {"_id": "55f1", "_etag": "ab", "_version": 4, "_links": {"self": {"href": "apps/55f1"}}, "user": "demo", "name": "wordpress", "env": "demo", "role": "webfront",
             "region": "eu-west-1", "instance_type": "t2.micro", "vpc_id": "vpc-3f1eb65a", "assumed_account_id": "", "pending_changes": [{"field": "features", "user": "demo"}],
             "instance_monitoring": false, "ami": "ami-12345",
             "build_infos": {"ssh_username": "admin", "source_ami": "ami-91b2e3e6", "subnet_id": "subnet-a7e849fe", "ami_name": "ami.demo.eu-west-1.webfront.wordpress.20160101-101010", "source_container_image": ""},
             "environment_infos": {"security_groups": ["sg-6814f60c"], "subnet_ids": ["subnet-a7e849fe"], "instance_profile": "iam.ec2.demo", "key_name": "ghost-demo", "public_ip_address": true,
                "root_block_device": {"name": "", "size": 20}, "optional_volumes": [{"device_name": "/dev/xvdb", "volume_type": "gp2", "volume_size": 20, "launch_block_device_mappings": false}],
                "instance_tags": [{"tag_name": "app", "tag_value": "x"}]},
             "env_vars": [{"var_key": "MY_VAR", "var_value": ""}],
             "features": [{"name": "php5", "version": "version=5.6", "provisioner": "salt"}, {"name": "package", "version": "package_name=git"}, {"name": "package", "version": "package_name=vim"}],
             "modules": [{"name": "wordpress", "git_repo": "https://github.com/KnpLabs/KnpIpsum.git", "scope": "code", "path": "/var/www", "uid": 1000, "gid": 1000, "build_pack": "SCRIPT", "post_deploy": "", "initialized": true,
                "source": {"protocol": "git", "url": "https://github.com/KnpLabs/KnpIpsum.git", "mode": "symlink"}, "last_deployment": "55f2"}],
             "autoscale": {"name": "", "min": 0, "max": 0, "enable_metrics": false}, "safe-deployment": {"load_balancer_type": "elb", "wait_before_deploy": 10, "wait_after_deploy": 10},
             "lifecycle_hooks": {"pre_buildimage": "SCRIPT", "post_buildimage": ""}, "blue_green": {"enable_blue_green": false}, "log_notifications": ["a@b.cc"], "resources": [{"type": "rds-mysql"}]}
            """.Replace("SCRIPT", script, StringComparison.Ordinal);
        DefinitionReading reading = DefinitionReader.Read(document, "wordpress.json", null);
        GhostApplication app = reading.Require();
        Assert.Equal("#!/bin/bash\necho \"déjà\"\n", app.Modules[0].BuildPack!.Text);
        Assert.Null(app.Modules[0].PostDeploy);
        Assert.Equal(["php5", "package", "package"], app.Features.Select(f => f.Name));
        Assert.Equal("salt", app.Features[1].Provisioner);
        Assert.Equal("gp2", app.EnvironmentInfos.OptionalVolumes[0].VolumeType);
        Assert.Null(app.Autoscale);
        Assert.Empty(app.EnvironmentInfos.InstanceTags);
        Assert.Equal("ami-12345", app.Ami);
        Assert.Equal(["environment_infos.instance_tags.1.tag_name", "resources"], reading.Warnings.Select(w => w.Option).Order());
    }

    [Fact]
    public void A_script_that_is_no_base64_text_in_a_document_of_Ghost_is_an_error() =>
        Assert.Equal("lifecycle_hooks.pre_bootstrap", Assert.Single(DefinitionReader.Read("_etag: 1\n" + Applications.Minimal + "\nlifecycle_hooks: { pre_bootstrap: 'echo hi' }", "x.yml", null).Errors).Option);

    [Fact]
    public void All_problems_are_told_at_once_each_with_its_place_and_field()
    {
        DefinitionReading reading = DefinitionReader.Read("""
            name: ''
            env: Prod
            role: front
            region: eu-west-1
            vpc_id: subnet-1
            instance_typ: t3.small
            build_infos:
              subnet_id: subnet-1
            autoscale: { name: g, min: 4, max: 2 }
            modules:
              - { name: a, scope: code, path: /srv/a, source: { url: x } }
              - { name: a, scope: code, path: /srv/a/b, source: { url: x } }
              - { name: c, scope: code, path: /etc, source: { url: x } }
            features: [{ name: x, provisioner: anisble }]
            """, "web.yml", null);
        Assert.Null(reading.Application);
        Assert.Equal(
            [
                (0, "instance_type"), (1, "name"), (2, "env"), (5, "vpc_id"), (6, "instance_typ"), (8, "build_infos"), (9, "autoscale.max"),
                (12, "modules.2.name"), (12, "modules.2.path"), (13, "modules.3.path"), (14, "features.1.provisioner"),
            ],
            reading.Errors.Select(e => (e.Line == 1 && e.Option == "instance_type" ? 0 : e.Line, e.Option!)).Order());
        Assert.Contains("Did you mean 'instance_type'?", reading.Errors.First(e => e.Option == "instance_typ").Message, StringComparison.Ordinal);
        Assert.Contains("Did you mean 'ansible'?", reading.Errors.First(e => e.Option == "features.1.provisioner").Message, StringComparison.Ordinal);
        var thrown = Assert.Throws<ConfigurationException>(reading.Require);
        Assert.Equal(ErrorIds.ApplicationInvalid, thrown.ErrorId);
    }

    public static TheoryData<string, string, string> Refused => new()
    {
        // G-31: Ghost's expressions took the empty text, and one with a line break at its end.
        { "name", "\"\"", "name" },
        { "name", "\"web\\n\"", "name" },
        { "name", "\"../web\"", "name" },
        { "env", "\"Prod\"", "env" },
        { "role", "\"-x\"", "role" },
        { "vpc_id", "\"vpc-1; rm\"", "vpc_id" },
        { "instance_type", "\"big\"", "instance_type" },
        { "instance_type", "\"t4g.small\"", "instance_type" },
        { "architecture", "\"i386\"", "architecture" },
        { "build_infos.ssh_username", "\"Root\"", "build_infos.ssh_username" },
        { "build_infos.source_ami_parameter", "\"/aws/x\"", "build_infos" },
        { "build_infos.sysprep", "true", "build_infos.sysprep" },
        { "environment_infos.security_groups", "[\"default\"]", "environment_infos.security_groups.1" },
        { "environment_infos.subnet_ids", "\"subnet-1\"", "environment_infos.subnet_ids" },
        { "environment_infos.instance_profile", "\"a b\"", "environment_infos.instance_profile" },
        { "environment_infos.root_block_device.size", "19", "environment_infos.root_block_device.size" },
        { "environment_infos.root_block_device.iops", "100", "environment_infos.root_block_device.iops" },
        { "environment_infos.root_block_device.name", "\"/dev/XVDA\"", "environment_infos.root_block_device.name" },
        { "environment_infos.optional_volumes", """[{"device_name":"/dev/xvda","volume_type":"gp3","volume_size":1}]""", "environment_infos.optional_volumes.1.device_name" },
        { "environment_infos.optional_volumes", """[{"device_name":"/dev/xvdb","volume_type":"io1","volume_size":10}]""", "environment_infos.optional_volumes.1.iops" },
        { "environment_infos.optional_volumes", """[{"device_name":"/dev/xvdb","volume_type":"st1"}]""", "environment_infos.optional_volumes.1.volume_size" },
        { "environment_infos.optional_volumes", """[{"device_name":"/dev/xvdb","volume_type":"gp2","volume_size":1,"throughput":200}]""", "environment_infos.optional_volumes.1.throughput" },
        // G-26: a flag that was merely there was true.
        { "environment_infos.optional_volumes", """[{"device_name":"/dev/xvdb","volume_type":"gp3","volume_size":1,"launch_block_device_mappings":"maybe"}]""", "environment_infos.optional_volumes.1.launch_block_device_mappings" },
        { "environment_infos.metadata_options.hop_limit", "65", "environment_infos.metadata_options.hop_limit" },
        { "environment_infos.instance_tags", """[{"tag_name":"aws:x","tag_value":"y"}]""", "environment_infos.instance_tags.1.tag_name" },
        { "env_vars", """[{"var_key":"GHOST_X","var_value":"y"}]""", "env_vars.1.var_key" },
        { "env_vars", """[{"var_key":"A","var_value":"y"},{"var_key":"A","var_value":"z"}]""", "env_vars.2.var_key" },
        { "env_vars", """[{"var_key":"A","var_value":"y","var_value_from":"ssm:/x"}]""", "env_vars.1.var_value_from" },
        { "env_vars", """[{"var_key":"A","var_value_from":"ssm:$(id)"}]""", "env_vars.1.var_value_from" },
        { "features", """[{"name":"a b"}]""", "features.1.name" },
        { "features", """[{"name":"a","version":"1;2"}]""", "features.1.version" },
        { "features", """[{"name":"a","provisioner":"dsc"}]""", "features.1.provisioner" },
        { "modules", """[{"name":"m","path":"srv","scope":"code","source":{"url":"u"}}]""", "modules.1.path" },
        { "modules", """[{"name":"m","path":"/srv/../etc","scope":"code","source":{"url":"u"}}]""", "modules.1.path" },
        { "modules", """[{"name":"m","path":"/home/admin","scope":"code","source":{"url":"u"}}]""", "modules.1.path" },
        { "modules", """[{"name":"m","path":"/srv/m","scope":"app","source":{"url":"u"}}]""", "modules.1.scope" },
        { "modules", """[{"name":"m","path":"/srv/m","scope":"code","source":{"protocol":"svn","url":"u"}}]""", "modules.1.source.protocol" },
        // G-36: what begins with a dash would be an option of git.
        { "modules", """[{"name":"m","path":"/srv/m","scope":"code","source":{"url":"--upload-pack=id"}}]""", "modules.1.source.url" },
        { "modules", """[{"name":"m","path":"/srv/m","scope":"code","uid":-1,"source":{"url":"u"}}]""", "modules.1.uid" },
        { "autoscale", """{"name":"g","min":-1}""", "autoscale.min" },
        { "autoscale", """{"min":1,"max":2}""", "autoscale.name" },
        { "autoscale", """{"name":"g","create":true}""", "environment_infos.subnet_ids" },
        { "autoscale", """{"name":"g","maintenance_policy":{"min_healthy":50,"max_healthy":200}}""", "autoscale.maintenance_policy" },
        { "autoscale", """{"name":"g","mixed_instances":{"instance_types":["m7g.large"]}}""", "autoscale.mixed_instances.instance_types.1" },
        { "autoscale", """{"name":"g","target_groups":["web"]}""", "autoscale.target_groups.1" },
        { "safe-deployment", """{"load_balancer_type":"haproxy"}""", "safe-deployment.load_balancer_type" },
        { "blue_green", """{"enable_blue_green":true}""", "blue_green.color" },
        { "blue_green", """{"enable_blue_green":true,"color":"red"}""", "blue_green.color" },
        { "log_notifications", """["me"]""", "log_notifications.1" },
        { "assumed_role_name", "\"r\"", "assumed_role_name" },
        { "assumed_external_id", "\"xyz\"", "assumed_external_id" },
        { "schema", "2", "schema" },
        { "colour", "\"blue\"", "colour" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Every_field_has_its_rule(string path, string value, string field)
    {
        JsonObject definition = DefinitionWriter.ToJson(Applications.Read(Applications.Minimal));
        JsonObject at = definition;
        string[] parts = path.Split('.');
        foreach (string part in parts[..^1]) at = (at[part] ??= new JsonObject()).AsObject();
        at[parts[^1]] = JsonNode.Parse(value);
        DefinitionReading reading = DefinitionReader.Read(definition, "test");
        Assert.NotEmpty(reading.Errors);
        Assert.All(reading.Errors, e => Assert.Equal(field, e.Option));
    }

    [Fact]
    public void G39_a_secret_in_clear_text_is_warned_of_and_never_shown()
    {
        DefinitionReading reading = DefinitionReader.Read(Applications.Minimal + "\nenv_vars: [{ var_key: API_TOKEN, var_value: tr0ub4dor }]", "web.yml", null);
        Assert.Contains("var_value_from", Assert.Single(reading.Warnings).Message, StringComparison.Ordinal);
        Assert.DoesNotContain("tr0ub4dor", reading.Warnings[0].ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("tr0ub4dor", string.Join('\n', DefinitionFields.Of(reading.Require()).Values), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("- a")]
    [InlineData("{")]
    [InlineData("{\"a\": 1, \"a\": 2}")]
    [InlineData("a: [")]
    public void What_is_no_definition_is_refused(string text) => Assert.NotEmpty(DefinitionReader.Read(text, "web.yml", null).Errors);

    [Fact]
    public void Problems_in_JSON_have_line_and_column()
    {
        DefinitionReading reading = DefinitionReader.Read("{\n  \"name\": \"a b\",\n  \"env\":\"prod\"\n}", "web.json", null);
        ConfigurationProblem problem = reading.Errors.First(e => e.Option == "name");
        Assert.Equal((2, 11), (problem.Line, problem.Column));
    }

    private static StoredApplication Stored(GhostApplication application) => new()
    {
        Definition = application,
        Revision = 3,
        CreatedAt = DateTimeOffset.UnixEpoch,
        UpdatedAt = DateTimeOffset.UnixEpoch,
        UpdatedBy = "anna",
        Changes = [],
    };
}
